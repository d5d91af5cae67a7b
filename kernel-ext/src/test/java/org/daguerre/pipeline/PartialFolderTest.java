package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.daguerre.image.Picture;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.pipeline.Scorer.Ranked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders with an autoencoder alone, and with encoders of text and picture alone. */
class PartialFolderTest {

    private static final Path EXACT = Path.of("..", "models", "exact");
    private static final Path TRAY = Path.of("..", "models", "tray");
    private static final int RED = 0xff0000, BLUE = 0x0000ff, GREEN = 0x00ff00;

    @TempDir
    Path temp;

    @AfterEach
    void release() {
        Daguerre.release();
    }

    private static Picture plain(int colour) {
        int[] rgb = new int[64];
        Arrays.fill(rgb, colour);
        return Picture.of(8, 8, rgb);
    }

    /** Rows of red and black in turn: all four pixels of a latent have the mean half red. */
    private static Picture stripes() {
        int[] rgb = new int[64];
        for (int i = 0; i < 64; i++) {
            rgb[i] = i / 8 % 2 == 0 ? RED : 0;
        }
        return Picture.of(8, 8, rgb);
    }

    private Autoencoder autoencoder() {
        return Daguerre.autoencoder(
                PartialFolders.autoencoder(temp.resolve("vae")).toString(), Device.CPU);
    }

    @Test
    void roundTripLosesWhatTheLatentsCannotHold() {
        Autoencoder vae = autoencoder();
        RoundTrip whole = vae.roundTrip(plain(GREEN));
        assertEquals(plain(GREEN), whole.picture());
        assertEquals(Double.POSITIVE_INFINITY, whole.psnr());
        assertEquals(4, whole.compression());
        assertEquals(
                List.of(1, 3, 4, 4),
                Arrays.stream(whole.latents().shape()).boxed().toList());
        assertEquals(0.5, whole.latents().get(0, 1, 0, 0), "green is 1, times the scaling factor");
        assertEquals(-0.5, whole.latents().get(0, 0, 0, 0));
        RoundTrip striped = vae.roundTrip(stripes());
        assertEquals(0x800000, striped.picture().pixel(3, 3), "the mean of red and black");
        double squared =
                (127.0 * 127 + 128.0 * 128) / 2 / 3; // a third of the values, half of them off by 127, half by 128
        assertEquals(10 * Math.log10(255 * 255 / squared), striped.psnr(), 1e-9);
    }

    @Test
    void pictureOfAnotherSizeIsRefusedBySize() {
        Autoencoder vae = autoencoder();
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> vae.encode(plain(RED).enlarged(2)))
                .getMessage();
        assertEquals("the picture is 16 x 16 pixels. Give 8 x 8.", message);
    }

    @Test
    void autoencoderOfATextToImageModelIsLoadedAlone() {
        Autoencoder vae = Daguerre.autoencoder(TRAY.toString(), Device.CPU);
        assertEquals(8, vae.scale());
        assertEquals(
                List.of("vae_encoder", "vae_decoder"),
                vae.card().components().stream().map(ModelCard.Component::name).toList());
        assertEquals("16 x 16 x 4", vae.card().facts().get("latents"));
        assertEquals("48 times fewer than the picture's", vae.card().facts().get("values"));
        Model model = Daguerre.model(TRAY.toString(), Device.CPU);
        Picture picture = plain(RED).enlarged(16);
        assertEquals(
                Picture.of(model.decode(model.encode(picture.toTensor()))),
                vae.roundTrip(picture).picture());
        assertEquals(2, Daguerre.loaded().size());
    }

    @Test
    void scoreIsTheCosineAndRankingBeginsWithTheBest() {
        Scorer scorer =
                Daguerre.scorer(PartialFolders.dualEncoder(temp.resolve("clip")).toString(), Device.CPU);
        double half = Math.sqrt(0.5);
        assertEquals(half, scorer.score(plain(RED), "red"), 1e-6);
        assertEquals(-half, scorer.score(plain(RED), "blue"), 1e-6);
        assertEquals(0, scorer.score(plain(RED), "nothing that it knows"));
        assertEquals(1, scorer.score(plain(RED | BLUE), "red blue"), 1e-6);
        assertEquals(-1, scorer.score(plain(0), "blue red"), 1e-6);
        assertEquals(half, scorer.score(Picture.of(1, 1, new int[] {RED}), "red"), 1e-6, "enlarged to what it reads");
        assertEquals(
                List.of(2, 0, 1),
                scorer.rank(List.of(plain(GREEN), plain(BLUE), plain(RED)), "red").stream()
                        .map(Ranked::index)
                        .toList());
        List<Ranked> prompts = scorer.rank(plain(BLUE), List.of("red", "blue"));
        assertEquals(1, prompts.get(0).index());
        assertTrue(prompts.get(0).score() > prompts.get(1).score());
    }

    @Test
    void encodersOfDifferentSpacesAreRefused() {
        Path folder = PartialFolders.dualEncoder(temp.resolve("clip"), new long[] {0, 1, 2});
        String message = assertThrows(ModelException.class, () -> Scorer.load(folder, Device.CPU))
                .getMessage();
        assertTrue(message.contains("gives 2 numbers") && message.contains("image_encoder/model.onnx 3"), message);
    }

    @Test
    void partThatDoesNotDrawIsRefusedWithItsUse() {
        String vae = PartialFolders.autoencoder(temp.resolve("vae")).toString();
        String clip = PartialFolders.dualEncoder(temp.resolve("clip")).toString();
        String model = refusal(() -> Daguerre.model(vae));
        assertEquals(
                "the folder of 'vae' holds an autoencoder alone. Send pictures through it:"
                        + " Daguerre.autoencoder(\"vae\").roundTrip(picture); to draw, take a text-to-image model, such as tray.",
                model);
        assertEquals(
                model,
                assertThrows(
                                IllegalStateException.class,
                                () -> Daguerre.load(vae, Device.CPU).toModel())
                        .getMessage());
        assertTrue(refusal(() -> Daguerre.model(clip)).contains("Daguerre.scorer(\"clip\").score("));
        assertTrue(refusal(() -> Daguerre.scorer(vae)).contains("holds an autoencoder alone"));
        assertTrue(refusal(() -> Daguerre.scorer(TRAY.toString())).contains("Draw with it: Daguerre.model(\"tray\")"));
        assertTrue(refusal(() -> Daguerre.autoencoder(EXACT.toString())).contains("no vae_encoder and no vae_decoder"));
    }

    private static String refusal(Runnable load) {
        return assertThrows(ModelException.class, load::run).getMessage();
    }

    @Test
    void whateverIsInTheFolderIsLoaded() {
        String vae = PartialFolders.autoencoder(temp.resolve("vae")).toString();
        String clip = PartialFolders.dualEncoder(temp.resolve("clip")).toString();
        LoadedModel loaded = assertInstanceOf(Autoencoder.class, Daguerre.load(vae, Device.CPU));
        assertInstanceOf(Scorer.class, Daguerre.load(clip, Device.CPU));
        assertInstanceOf(Model.class, Daguerre.load(TRAY.toString(), Device.CPU));
        assertEquals(loaded, Daguerre.autoencoder(vae, Device.CPU), "handed out again");
        assertTrue(ModelFolder.open(Path.of(vae)).toString().contains("an autoencoder alone"));
        loaded.close();
        assertThrows(IllegalStateException.class, () -> ((Autoencoder) loaded).encode(plain(RED)));
    }
}
