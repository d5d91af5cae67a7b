package org.daguerre.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {

    @TempDir
    Path folder;

    private static Picture noise(int width, int height) {
        return Picture.of(
                Noise.seed(31L * width + height).draw(1, 3, height, width).tensor());
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "1, 255", "0, 128", "-1.5, 0", "7, 255", "-0.996, 1", "0.004, 128", "0.005, 128", "0.0118, 129"
    })
    void valueBecomesTheByteThatDiffusersMakesOfIt(float value, int expected) {
        assertEquals(
                expected << 16 | expected << 8 | expected,
                Picture.of(Tensor.filled(value, 1, 3, 1, 1)).pixel(0, 0));
    }

    @Test
    void halvesAreRoundedToEvenAsNumpyDoes() {
        float half = 2 * (0.5f / 255f) - 1; // 0.5 of 255: to 0, not 1
        assertEquals(0, Picture.of(Tensor.filled(half, 3, 1, 1)).pixel(0, 0));
    }

    @Test
    void channelsAreRedGreenBlueAndRowsRunDownwards() {
        Tensor x = Tensor.of(new float[] {1, -1, -1, -1, -1, 1, -1, -1, -1, -1, 1, -1}, 1, 3, 2, 2);
        Picture picture = Picture.of(x);
        assertEquals(0xff0000, picture.pixel(0, 0));
        assertEquals(0x00ff00, picture.pixel(1, 0));
        assertEquals(0x0000ff, picture.pixel(0, 1));
        assertEquals(0x000000, picture.pixel(1, 1));
    }

    @Test
    void rankThreeAndRankFourGiveTheSamePictureAndOneChannelIsGrey() {
        Tensor x = Noise.seed(1).draw(1, 3, 4, 5).tensor();
        assertEquals(Picture.of(x), Picture.of(x.reshape(3, 4, 5)));
        assertEquals(0x808080, Picture.of(Tensor.zeros(1, 2, 2)).pixel(1, 1));
    }

    @Test
    void infinityIsTheBrightestAndNanIsMagentaAndSaidInTheAltText() {
        Picture picture = Picture.of(
                Tensor.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}, 1, 1, 1, 3));
        assertArrayEquals(new int[] {Picture.NAN_COLOUR, 0xffffff, 0}, picture.pixels());
        assertTrue(picture.altText().contains("1 of them not a number"), picture.altText());
    }

    @ParameterizedTest
    @MethodSource("notPictures")
    void tensorThatIsNoPictureIsRefusedWithWhatToGive(Tensor x) {
        String message = assertThrows(IllegalArgumentException.class, () -> Picture.of(x))
                .getMessage();
        assertTrue(message.contains(Arrays.toString(x.shape())) && message.contains("Give [1, 3, H, W]"), message);
    }

    static List<Tensor> notPictures() {
        return List.of(
                Tensor.zeros(1, 4, 16, 16),
                Tensor.zeros(2, 3, 4, 4),
                Tensor.zeros(4, 4),
                Tensor.zeros(1, 3, 0, 4),
                Tensor.zeros(1, 1, 3, 4, 4));
    }

    @Test
    void batchGivesItsPicturesInOrder() {
        Tensor batch = Noise.seed(5).draw(3, 3, 2, 2).tensor();
        assertEquals(
                IntStream.range(0, 3).mapToObj(i -> Picture.of(batch.slice(i))).toList(), Picture.all(batch));
    }

    @Test
    void pictureGoesThroughATensorUnchanged() {
        Picture picture = noise(9, 7);
        assertEquals(picture, Picture.of(picture.toTensor()));
        assertArrayEquals(new int[] {1, 3, 7, 9}, picture.toTensor().shape());
    }

    @Test
    void pixelsGivenOutOrTakenInAreCopies() {
        int[] rgb = {1, 2, 3, 4};
        Picture picture = Picture.of(2, 2, rgb);
        rgb[0] = 99;
        picture.pixels()[1] = 99;
        picture.toImage().setRGB(0, 1, 99);
        assertArrayEquals(new int[] {1, 2, 3, 4}, picture.pixels());
    }

    static IntStream sizes() {
        return IntStream.rangeClosed(1, 48);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void pngIsCompleteForEverySize(int width) throws Exception {
        int height = 1 + width * 7 % 31;
        Picture picture = noise(width, height).with("prompt", "x".repeat(width));
        byte[] png = picture.png();
        PngReader strict = new PngReader(png);
        assertEquals(width, strict.width);
        assertEquals(height, strict.height);
        assertEquals(height * (1 + 3 * width), strict.scanLines().length);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertArrayEquals(
                picture.pixels(),
                Arrays.stream(image.getRGB(0, 0, width, height, null, 0, width))
                        .map(p -> p & 0xffffff)
                        .toArray());
    }

    @Test
    void samePictureGivesTheSameBytes() {
        assertArrayEquals(
                noise(20, 20).with("seed", 7).png(),
                noise(20, 20).with("seed", 7).png());
    }

    @Test
    void parametersTravelInTheFileInTheirOrderWhateverTheirScript() {
        Map<String, String> parameters = new java.util.LinkedHashMap<>();
        parameters.put("seed", "7");
        parameters.put("prompt", "three red apples, café");
        parameters.put("negative", "苹果 🍎 \"quoted\" <b>&amp;\ttab\nline");
        parameters.put("empty", "");
        Path file = noise(8, 8).with(parameters).save(folder.resolve("a picture.png"));
        Picture read = Picture.read(file);
        assertEquals(parameters, read.parameters());
        assertEquals(noise(8, 8), read);
    }

    @Test
    void latinTextIsPlainTextChunkAndOtherTextUtf8() {
        PngReader png =
                new PngReader(noise(4, 4).with("a", "café").with("b", "苹果").png());
        assertEquals(
                List.of("a\0café"),
                png.of("tEXt").stream()
                        .map(d -> new String(d, StandardCharsets.ISO_8859_1))
                        .toList());
        assertEquals(
                List.of("b\0\0\0\0\0苹果"),
                png.of("iTXt").stream()
                        .map(d -> new String(d, StandardCharsets.UTF_8))
                        .toList());
    }

    @Test
    void megabyteOfPromptIsKept() {
        String prompt = "🍎apple ".repeat(125_000);
        Path file = noise(4, 4).with("prompt", prompt).save(folder.resolve("long.png"));
        assertEquals(prompt, Picture.read(file).parameters().get("prompt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " seed", "seed ", "größe", "a\nb"})
    void parameterNameThatPngCannotHoldIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> noise(1, 1).with(name, 1));
    }

    @Test
    void parameterNameOfEightyCharactersIsRefusedAndOneOfSeventyNineIsKept() {
        assertThrows(IllegalArgumentException.class, () -> noise(1, 1).with("n".repeat(80), 1));
        Path file = noise(1, 1).with("n".repeat(79), 1).save(folder.resolve("n.png"));
        assertEquals("1", Picture.read(file).parameters().get("n".repeat(79)));
    }

    @Test
    void savingOrReadingWhereItCannotBeDoneIsOneLineThatNamesTheFile() throws Exception {
        Path nowhere = folder.resolve("missing").resolve("x.png");
        Path page = Files.writeString(folder.resolve("page.png"), "<html>404</html>");
        Path cut = Files.write(
                folder.resolve("cut.png"), Arrays.copyOf(noise(30, 30).png(), 700));
        Path empty = Files.createFile(folder.resolve("empty.png"));
        List<UncheckedIOException> failures = List.of(
                assertThrows(UncheckedIOException.class, () -> noise(2, 2).save(nowhere)),
                assertThrows(UncheckedIOException.class, () -> noise(2, 2).save(folder)),
                assertThrows(UncheckedIOException.class, () -> Picture.read(nowhere)),
                assertThrows(UncheckedIOException.class, () -> Picture.read(page)),
                assertThrows(UncheckedIOException.class, () -> Picture.read(cut)),
                assertThrows(UncheckedIOException.class, () -> Picture.read(empty)));
        for (UncheckedIOException failure : failures) {
            assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
            assertTrue(failure.getMessage().contains(folder.toString()), failure.getMessage());
            assertTrue(failure.getMessage().contains("Give a "), failure.getMessage());
        }
    }

    @Test
    void fileThatClaimsToBeHugeIsRefusedBeforeItIsDecoded() throws Exception {
        byte[] png = noise(2, 2).png();
        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(png);
        bytes.putInt(16, 100_000).putInt(20, 100_000);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(png, 12, 17);
        bytes.putInt(29, (int) crc.getValue());
        Path file = Files.write(folder.resolve("bomb.png"), png);
        String message = assertThrows(UncheckedIOException.class, () -> Picture.read(file))
                .getMessage();
        assertTrue(message.contains("10000000000 pixels"), message);
    }

    @Test
    void transparentPictureIsRefusedAndOneWithAFullAlphaChannelRead() throws Exception {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 6; i++) {
            image.setRGB(i % 3, i / 3, 0xff102030 + i);
        }
        Path file = folder.resolve("alpha.png");
        ImageIO.write(image, "png", file.toFile());
        assertEquals(0x102035, Picture.read(file).pixel(2, 1));
        image.setRGB(2, 1, 0xfe102030);
        ImageIO.write(image, "png", file.toFile());
        String message = assertThrows(UncheckedIOException.class, () -> Picture.read(file))
                .getMessage();
        assertTrue(message.contains("transparent in places"), message);
    }

    @Test
    void fileThatIsNoneOrTooBigIsRefusedUnread() throws Exception {
        Path big = folder.resolve("big.png");
        try (var sparse = new java.io.RandomAccessFile(big.toFile(), "rw")) {
            sparse.setLength(3L << 30);
        }
        String bytes = assertThrows(UncheckedIOException.class, () -> Picture.read(big))
                .getMessage();
        assertTrue(bytes.contains("it has 3221225472 bytes"), bytes);
        String none = assertThrows(UncheckedIOException.class, () -> Picture.read(folder))
                .getMessage();
        assertTrue(none.contains("no file on disk"), none);
    }

    @Test
    void enlargingMakesSquaresAndKeepsTheParameters() {
        Picture small = noise(3, 2).with("seed", 1);
        Picture big = small.enlarged(4);
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 12; x++) {
                assertEquals(small.pixel(x / 4, y / 4), big.pixel(x, y));
            }
        }
        assertEquals(small.parameters(), big.parameters());
    }

    @Test
    void enlargingWithinASideTakesTheGreatestWholeFactorAndNeverShrinks() {
        assertEquals(384, noise(128, 64).enlargedWithin(400).width());
        assertEquals(500, noise(500, 2).enlargedWithin(400).width());
    }

    @Test
    void reducedPixelIsTheMeanOfThoseItStandsFor() {
        Picture picture = Picture.of(4, 2, new int[] {
            0x000000, 0x020406, 0xffffff, 0xffffff,
            0x080c10, 0x020406, 0xffffff, 0x000000
        });
        assertEquals(Picture.of(2, 1, new int[] {0x030507, 0xbfbfbf}), picture.reducedWithin(2));
        assertEquals(picture, picture.reducedWithin(4));
    }

    @Test
    void reducedKeepsItsShapeItsParametersAndWhateverIsThin() {
        Picture reduced = noise(300, 151).with("seed", 7).reducedWithin(100);
        assertEquals(100, reduced.width());
        assertEquals(50, reduced.height());
        assertEquals("7", reduced.parameters().get("seed"));
        assertEquals(1, noise(500, 2).reducedWithin(100).height());
    }

    @Test
    void picturesAreEqualByPixelsAndShape() {
        assertEquals(
                Picture.of(2, 1, new int[] {1, 2}),
                Picture.of(2, 1, new int[] {1, 2}).with("seed", 9));
        assertNotEquals(Picture.of(2, 1, new int[] {1, 2}), Picture.of(1, 2, new int[] {1, 2}));
    }

    @Test
    void altTextNamesPromptSeedAndSizeUnlessGiven() {
        Picture picture = noise(4, 3).with("prompt", "a cup").with("seed", 7);
        assertEquals("picture for \"a cup\" with seed 7, 4 x 3 pixels", picture.altText());
        assertEquals("mine", picture.withAltText("mine").altText());
        assertFalse(noise(4, 3).altText().contains("seed"));
    }

    @Test
    void pixelOutsideIsRefusedWithTheRange() {
        String message = assertThrows(
                        IndexOutOfBoundsException.class, () -> noise(4, 3).pixel(4, 0))
                .getMessage();
        assertTrue(message.contains("x from 0 to 3 and y from 0 to 2"), message);
    }
}
