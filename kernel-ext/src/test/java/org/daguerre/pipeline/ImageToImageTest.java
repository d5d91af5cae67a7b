package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daguerre.image.Picture;
import org.daguerre.onnx.Device;
import org.daguerre.run.Run;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that start from pictures: the exact model, whose state is the picture, and the trained one. */
class ImageToImageTest {

    private static final String PROMPT = "a blue cube";

    private static Model exact;
    private static Model tray;

    @TempDir
    Path temp;

    @BeforeAll
    static void load() {
        exact = Model.load(Path.of("..", "models", "exact"), Device.CPU);
        tray = Model.load(Path.of("..", "models", "tray"), Device.CPU);
    }

    @AfterAll
    static void close() {
        exact.close();
        tray.close();
    }

    private static Picture apples() {
        return exact.prompt("three red apples")
                .steps(10)
                .seed(3)
                .start()
                .finish()
                .picture();
    }

    private static Picture painted(Model model, int white, int black) {
        int side = model.shape()[2] * model.scale();
        int[] rgb = new int[side * side];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = i % side < side / 2 ? black : white;
        }
        return Picture.of(side, side, rgb);
    }

    /** White on the right. */
    private static Picture mask(Model model) {
        return painted(model, 0xffffff, 0);
    }

    @Test
    void strengthEntersThePlanWhereDiffusersDoes() throws IOException {
        Picture apples = apples();
        List<String> lines;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                ImageToImageTest.class.getResourceAsStream("/pipeline/strength.tsv"), StandardCharsets.UTF_8))) {
            lines = reader.lines().skip(1).toList();
        }
        assertEquals(144, lines.size());
        for (String line : lines) {
            String[] cells = line.split("\t");
            Run run = exact.prompt(PROMPT)
                    .sampler(cells[0])
                    .steps(Integer.parseInt(cells[1]))
                    .image(apples)
                    .strength(Double.parseDouble(cells[2]))
                    .start()
                    .run();
            assertEquals(Double.parseDouble(cells[3]), run.level().t(), 1e-3, line);
            assertEquals(Integer.parseInt(cells[4]), run.trajectory().stepsLeft(), line);
        }
    }

    @Test
    void runStartsFromThePictureWithTheSeedsNoiseOnIt() {
        Picture apples = apples();
        Generation two = exact.prompt(PROMPT)
                .steps(10)
                .image(apples)
                .strength(0.5)
                .seed(6)
                .count(2)
                .start();
        for (int i = 0; i < 2; i++) {
            Run run = two.run(i);
            Tensor noise = Noise.seed(6 + i).draw(1, 3, 32, 32).tensor();
            assertNoised(apples.toTensor(), noise, run);
        }
        assertEquals(5, two.run().trajectory().stepsLeft());
    }

    private static void assertNoised(Tensor x0, Tensor noise, Run run) {
        Tensor expected = Tensor.combine(run.level().alpha(), x0, run.level().sigma(), noise);
        assertEquals(0, expected.minus(run.x()).norm() / expected.norm(), 1e-7);
    }

    @Test
    void littleStrengthLeavesThePictureAndAllOfItNothing() {
        Picture apples = apples();
        Request request = exact.prompt(PROMPT).steps(20).guidance(1).seed(1).image(apples);
        assertEquals(
                distance(
                        apples,
                        exact.prompt("three red apples")
                                .steps(20)
                                .guidance(1)
                                .image(apples)
                                .strength(0.1)),
                0,
                0.01);
        assertTrue(distance(apples, request.strength(1)) > 0.1);
    }

    private static double distance(Picture picture, Request request) {
        Tensor made = request.start().finish().picture().toTensor();
        return made.minus(picture.toTensor()).norm() / Math.sqrt(made.size());
    }

    @Test
    void whatTheMaskKeepsIsThePictureToTheBit() {
        Picture apples = apples();
        for (double strength : new double[] {0.5, 1}) {
            Picture made = exact.prompt(PROMPT)
                    .steps(10)
                    .sampler("dpmpp-2m")
                    .image(apples)
                    .strength(strength)
                    .mask(mask(exact))
                    .start()
                    .finish()
                    .picture();
            int changed = 0;
            for (int i = 0; i < 32 * 32; i++) {
                boolean kept = i % 32 < 16;
                boolean same = apples.pixel(i % 32, i / 32) == made.pixel(i % 32, i / 32);
                assertTrue(same || !kept, "pixel " + i);
                changed += same ? 0 : 1;
            }
            assertTrue(changed > 0 || strength < 1, "the other half is made anew");
            assertEquals(
                    "from a picture, strength " + strength + ", masked",
                    made.parameters().get("origin"));
        }
    }

    @Test
    void stepsGoBackAndAreMadeAgainWithTheMask() {
        Generation masked = exact.prompt(PROMPT)
                .steps(8)
                .sampler("euler-ancestral")
                .image(apples())
                .mask(mask(exact))
                .start()
                .finish();
        assertEquals(masked.run().x(), masked.run().replay().x());
        assertEquals(masked.run().x(), masked.branch().back(3).finish().run().x());
    }

    @Test
    void encoderDrawsFromTheSeedBeforeTheNoise() {
        Picture grey = painted(tray, 0x909090, 0x404040);
        Tensor mean = tray.encode(grey.toTensor());
        Noise.Draw drawn = tray.encode(grey.toTensor(), Noise.seed(4));
        double spread = drawn.tensor().minus(mean).std();
        assertTrue(spread > 0 && spread < 0.5, "spread " + spread);
        Run run = tray.prompt(PROMPT)
                .steps(10)
                .image(grey)
                .strength(0.5)
                .seed(4)
                .start()
                .run();
        Tensor noise = drawn.after().draw(1, 4, 16, 16).tensor();
        assertNoised(drawn.tensor(), noise, run);
        assertEquals(Noise.seed(4).draw(1, 4, 16, 16).after(), drawn.after());
    }

    @Test
    void invertedPictureComesBackAndTheCloserTheMoreSteps() {
        Request made = tray.prompt("a red ball left of a blue cube").guidance(1).seed(7);
        Picture picture = made.start().finish().picture();
        double coarse = distance(picture, made.image(picture).steps(10).inverted());
        double fine = distance(picture, made.image(picture).steps(60).inverted());
        assertTrue(fine < 0.1, "fine " + fine);
        assertTrue(fine < coarse, coarse + " then " + fine);
    }

    @Test
    void latentsAreWhatTheRunStartsFrom() {
        Tensor a = Noise.seed(1).draw(1, 3, 32, 32).tensor();
        Tensor b = Noise.seed(2).draw(1, 3, 32, 32).tensor();
        Request request = exact.prompt(PROMPT).steps(5);
        assertEquals(
                request.seed(1).start().finish().picture(),
                request.latents(a).start().finish().picture());
        assertEquals(
                a.slerp(b, 0.5), request.latents(a.slerp(b, 0.5)).start().run().x());
        var shape = assertThrows(IllegalArgumentException.class, () -> request.latents(Tensor.zeros(1, 3, 16, 16)));
        assertTrue(shape.getMessage().contains("Give [1, 3, 32, 32]"), shape.getMessage());
    }

    @Test
    void partsThatDoNotFitAreRefusedWithTheRemedy() {
        Request request = exact.prompt(PROMPT).steps(10);
        Picture small = Picture.of(8, 16, new int[8 * 16]);
        assertRefused(
                "image is 16 x 8 pixels (height x width), the picture to be made 32 x 32.", () -> request.image(small));
        assertRefused(
                "mask is 16 x 8 pixels",
                () -> request.image(apples()).mask(small).start());
        assertRefused("strength is 0.0. Give a number above 0", () -> request.strength(0));
        assertRefused("strength is 1.5", () -> request.strength(1.5));
        assertRefused("strength is NaN", () -> request.strength(Double.NaN));
        assertRefused(
                "strength 0.05 leaves none of 10 steps to be made. Give more steps or a strength of at least 0.1.",
                () -> request.image(apples()).strength(0.05).start());
        assertRefused(
                "strength is given without an image",
                () -> request.strength(0.5).start());
        assertRefused(
                "a mask is given without an image",
                () -> request.mask(mask(exact)).start());
        assertRefused(
                "the mask is black",
                () -> request.image(apples()).mask(painted(exact, 0, 0)).start());
        assertThrows(IllegalStateException.class, request::inverted);
    }

    @Test
    void partsThatExcludeEachOtherAreRefusedInEitherOrder() {
        Request request = exact.prompt(PROMPT).steps(10);
        Tensor noise = Noise.seed(1).draw(1, 3, 32, 32).tensor();
        for (Request both : List.of(
                request.strength(0.3).latents(noise), request.latents(noise).strength(0.3))) {
            assertRefused("strength is given beside latents", both::start);
        }
        for (Request both : List.of(
                request.mask(mask(exact)).latents(noise), request.latents(noise).mask(mask(exact)))) {
            assertRefused("a mask is given beside latents", both::start);
        }
        for (Request both : List.of(
                request.image(apples()).latents(noise), request.latents(noise).image(apples()))) {
            assertRefused("an image is given beside latents", both::start);
            assertRefused("the noise is given, and an inverted image", both::inverted);
        }
        Request image = request.image(apples());
        assertRefused(
                "a mask is given, and an inverted image",
                () -> image.mask(mask(exact)).inverted());
        assertRefused(
                "strength is given, and an inverted image",
                () -> image.strength(0.3).inverted());
        Tensor latents = Noise.seed(1).draw(1, 4, 32, 32).tensor();
        assertRefused(
                "latents have shape [1, 4, 32, 32]. Give [1, 4, 16, 16]",
                () -> tray.prompt(PROMPT).latents(latents).size(64, 64).start());
    }

    private static void assertRefused(String message, Runnable attempt) {
        var error = assertThrows(IllegalArgumentException.class, attempt::run);
        assertTrue(error.getMessage().startsWith(message), error.getMessage());
        assertEquals(1, error.getMessage().lines().count());
    }

    @Test
    void modelWithoutAnEncoderSaysSoAtOnce() throws IOException {
        Path folder = FolderCopy.of(Path.of("..", "models", "tray"), temp.resolve("blind"));
        for (String file : List.of("vae_encoder/config.json", "vae_encoder/model.onnx", "vae_encoder", "SHA256SUMS")) {
            Files.delete(folder.resolve(file));
        }
        try (Model blind = Model.load(folder, Device.CPU)) {
            var error = assertThrows(
                    IllegalStateException.class, () -> blind.prompt(PROMPT).image(mask(blind)));
            assertTrue(error.getMessage().startsWith("this model has no vae_encoder."), error.getMessage());
            assertNotEquals(null, blind.prompt(PROMPT).steps(1).start().finish().picture());
        }
    }
}
