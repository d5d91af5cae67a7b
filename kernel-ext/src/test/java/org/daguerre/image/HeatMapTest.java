package org.daguerre.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

class HeatMapTest {

    private static final Tensor WEIGHTS = Tensor.of(new float[] {0, 0.25f, 0.5f, 0, 0, 0}, 2, 3);

    @Test
    void weightsRunFromZeroToTheGreatestInTheirPlace() {
        Picture picture = HeatMap.of(WEIGHTS).picture();
        assertEquals(3, picture.width());
        assertEquals(Colormap.VIRIDIS.rgb(0), picture.pixel(0, 0));
        assertEquals(Colormap.VIRIDIS.rgb(0.5), picture.pixel(1, 0));
        assertEquals(Colormap.VIRIDIS.rgb(1), picture.pixel(2, 0));
        assertEquals(Colormap.VIRIDIS.rgb(0), picture.pixel(2, 1));
    }

    @Test
    void altTextSaysWhereTheGreatestIs() {
        assertEquals(
                "heat map of 3 x 2 numbers from 0.00 to 0.500, greatest in row 1 of 2, column 3 of 3",
                HeatMap.of(WEIGHTS).picture().altText());
    }

    @Test
    void signedValuesHaveZeroInTheMiddle() {
        Picture picture =
                HeatMap.signed(Tensor.of(new float[] {-4, 0, 2}, 1, 3)).picture();
        assertEquals(Colormap.DIVERGING.rgb(0), picture.pixel(0, 0));
        assertEquals(Colormap.DIVERGING.rgb(0.5), picture.pixel(1, 0));
        assertEquals(Colormap.DIVERGING.rgb(0.75), picture.pixel(2, 0));
    }

    @Test
    void channelsShareOneScale() {
        Tensor latents = Tensor.of(new float[] {1, 1, 8, -8}, 1, 4, 1, 1);
        List<HeatMap> channels = HeatMap.channels(latents);
        assertEquals(4, channels.size());
        assertTrue(channels.stream().allMatch(c -> c.low() == -8 && c.high() == 8));
        assertEquals(channels.get(0).picture(), channels.get(1).picture());
        assertNotEquals(channels.get(2).picture(), channels.get(3).picture());
    }

    @Test
    void constantAndNotFiniteFieldsAreDrawn() {
        assertEquals(
                Colormap.DIVERGING.rgb(0.5),
                HeatMap.signed(Tensor.zeros(2, 2)).picture().pixel(0, 0));
        Picture broken = HeatMap.of(Tensor.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1}, 1, 3))
                .picture();
        assertEquals(Picture.NAN_COLOUR, broken.pixel(0, 0));
        assertEquals(Colormap.VIRIDIS.rgb(1), broken.pixel(1, 0));
        assertEquals(Colormap.VIRIDIS.rgb(1), broken.pixel(2, 0));
    }

    @Test
    void pictureShowsThroughWhereWeightsAreLowAndVanishesAtThePeakOfFullOpacity() {
        Picture grey = Picture.of(Tensor.zeros(1, 3, 64, 96));
        Picture laid = HeatMap.of(WEIGHTS).over(grey, 1);
        assertEquals(0x808080, laid.pixel(0, 63));
        assertEquals(Colormap.VIRIDIS.rgb(1), laid.pixel(95, 0));
        assertEquals(grey, HeatMap.of(WEIGHTS).over(grey, 0));
    }

    @Test
    void mapIsStretchedBetweenTheMiddlesOfItsCells() {
        Tensor ramp = Tensor.of(new float[] {0, 1}, 1, 2);
        Picture black = Picture.of(Tensor.filled(-1, 1, 3, 1, 8));
        Picture laid = new HeatMap(ramp, 0, 1, v -> v >= 0.5 ? 0xffffff : 0x000000).over(black, 1);
        for (int x = 0; x < 8; x++) {
            assertEquals(x >= 4, laid.pixel(x, 0) > 0, "column " + x);
        }
    }

    @Test
    void overKeepsTheParametersOfThePicture() {
        Picture picture = Picture.of(Noise.seed(1).draw(1, 3, 4, 4).tensor()).with("seed", 3);
        assertEquals("3", HeatMap.of(WEIGHTS).over(picture, 0.5).parameters().get("seed"));
    }

    @Test
    void wrongShapeRangeOrOpacityIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> HeatMap.of(Tensor.zeros(1, 4, 2, 2)));
        assertThrows(IllegalArgumentException.class, () -> HeatMap.channels(Tensor.zeros(2, 4, 2, 2)));
        assertThrows(IllegalArgumentException.class, () -> HeatMap.of(WEIGHTS).range(1, 1));
        assertThrows(IllegalArgumentException.class, () -> HeatMap.of(WEIGHTS).range(0, Double.NaN));
        Picture grey = Picture.of(Tensor.zeros(1, 3, 4, 4));
        assertThrows(IllegalArgumentException.class, () -> HeatMap.of(WEIGHTS).over(grey, 1.1));
    }
}
