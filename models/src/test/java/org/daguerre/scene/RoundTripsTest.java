package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTripsTest {

    private static final int MANY = 24;

    @TempDir
    Path folder;

    private Report run(World world, int count, UnaryOperator<Raster> autoencoder) throws IOException {
        return new RoundTrips("test", world, count, 9, folder.resolve(world + ".jsonl")).run(autoencoder, done -> {});
    }

    /** Five levels darker in every channel, without clipping at the colours of this world. */
    private static Raster darker(Raster picture) {
        byte[] rgb = picture.rgb().clone();
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.max(0, (rgb[i] & 0xff) - 5);
        }
        return new Raster(picture.width(), picture.height(), rgb);
    }

    @Test
    void nothingIsLostWithoutLoss() throws IOException {
        for (World world : World.values()) {
            Report report = run(world, MANY, picture -> picture);
            for (Report.Measure measure : report.measures()) {
                assertEquals(measure.rate().n(), measure.rate().right(), world + " " + measure.name());
            }
            assertEquals(Double.POSITIVE_INFINITY, report.foregroundPsnr());
        }
        for (int n = 1; n <= 12; n++) {
            assertEquals(new Rate(2, 2), run(World.TRAYS, MANY, p -> p).rate("count of " + n));
        }
        assertEquals(new Rate(12, 12), run(World.TRAYS, MANY, p -> p).rate("count of 1 to 6"));
        assertEquals(new Rate(156, 156), run(World.TRAYS, MANY, p -> p).rate("shape"));
    }

    @Test
    void theForegroundsErrorIsThatOfItsPixels() throws IOException {
        Report report = run(World.TRAYS, 12, RoundTripsTest::darker);
        assertEquals(20 * Math.log10(255 / 5.0), report.foregroundPsnr(), 0.02);
        assertTrue(
                report.markdown().contains("12 pictures") && report.markdown().contains("Foreground PSNR 34.2 dB."));
    }

    @Test
    void onlyTheBlocksOfObjectsCount() throws IOException {
        Report report = run(World.TRAYS, 1, picture -> {
            byte[] rgb = picture.rgb().clone();
            for (int i = 0; i < 3 * 128; i++) {
                rgb[i] = 0; // the topmost row shows cloth
            }
            return new Raster(128, 128, rgb);
        });
        assertEquals(Double.POSITIVE_INFINITY, report.foregroundPsnr());
    }

    @Test
    void anEmptyTrayHasLostEverything() throws IOException {
        Raster empty = Renderer.render(new Scene(Tray.SLATE, Cloth.LINEN, 4, List.of()));
        Report report = run(World.TRAYS, MANY, picture -> empty);
        assertEquals(new Rate(0, MANY), report.rate("count"));
        assertEquals(new Rate(0, 156), report.rate("shape"));
        assertEquals(new Rate(0, 156), report.rate("colour"));
        Report signs = run(World.SIGNS, MANY, picture -> empty);
        assertEquals(0, signs.rate("all right").right());
        assertEquals(0, signs.rate("letters").right());
    }

    @Test
    void aRunThatWasKilledGoesOnAndOthersAreRefused() throws IOException {
        Report whole = run(World.TRAYS, 6, RoundTripsTest::darker);
        Path file = folder.resolve("trays.jsonl");
        List<String> lines = Files.readAllLines(file);
        Files.writeString(
                file,
                String.join("\n", lines.subList(0, 4)) + "\n" + lines.get(4).substring(0, 20));
        List<Raster> seen = new ArrayList<>();
        Report resumed = run(World.TRAYS, 6, picture -> {
            seen.add(picture);
            return darker(picture);
        });
        assertEquals(2, seen.size());
        assertEquals(whole, resumed);
        assertEquals(lines, Files.readAllLines(file));
        RoundTrips other = new RoundTrips("other", World.TRAYS, 6, 9, file);
        assertThrows(IllegalStateException.class, () -> other.run(picture -> picture, done -> {}));
        assertEquals(lines, Files.readAllLines(file));
    }

    @Test
    void signsHeldOutAreHeldOutAndJudged() throws IOException {
        List<Sign> prompts = SignPrompts.heldOut(40, 1, true);
        assertEquals(prompts.subList(0, 10), SignPrompts.heldOut(10, 1, true));
        assertNotEquals(prompts, SignPrompts.heldOut(40, 2, true));
        assertTrue(prompts.stream().allMatch(HeldOut::contains));
        assertTrue(SignPrompts.heldOut(40, 1, false).stream()
                .noneMatch(
                        sign -> sign instanceof Word word && HeldOut.contains(new Word(word.letters(), null, null))));
        SignPrompts.Painter exact = (prompt, i) -> {
            Sign sign = SignGrammar.parse(prompt).orElseThrow();
            return Renderer.render(
                    new SignScene(Tray.MOSS, Cloth.LINEN, 4, sign, 64, 65, sign instanceof Word ? 13 : 46, 0, false));
        };
        for (boolean spelled : new boolean[] {false, true}) {
            Path file = folder.resolve(spelled + ".jsonl");
            Report report = SignPrompts.evaluate(
                    "exact", SignPrompts.heldOut(20, 1, spelled), spelled, exact, file, done -> {});
            assertEquals(new Rate(20, 20), report.rate("all right"), Files.readString(file));
            assertEquals(new Rate(14, 14), report.rate("word"));
            assertEquals(new Rate(6, 6), report.rate("fingers"));
            assertEquals(spelled, Files.readString(file).contains("the word spelled "));
        }
    }

    @Test
    void aNumberBelowOneIsRefused() {
        var refusal = assertThrows(
                IllegalArgumentException.class, () -> new RoundTrips("x", World.TRAYS, 0, 1, folder.resolve("x")));
        assertEquals("--round-trips is 0. Give a number of pictures from 1 on.", refusal.getMessage());
    }

    @Test
    void aSceneShowsItsClaimOrSaysThatThereIsNoRoom() {
        SceneSeries series = new SceneSeries(2);
        Claim claim = Grammar.parse("two purple pears left of a red cup").orElseThrow();
        assertTrue(Judge.judge(Renderer.render(series.showing(claim, 0)), claim).right());
        assertEquals(series.showing(claim, 1), series.showing(claim, 1));
        assertNotEquals(series.showing(claim, 1), series.showing(claim, 2));
        Claim open = Grammar.parse("two pears").orElseThrow();
        assertThrows(IllegalArgumentException.class, () -> series.showing(open, 0));
        Claim crowd = Grammar.parse("twelve red cups left of twelve blue cups").orElseThrow();
        var refusal = assertThrows(IllegalArgumentException.class, () -> series.showing(crowd, 0));
        assertTrue(refusal.getMessage().startsWith("A tray has no room for twelve red cups"), refusal.getMessage());
    }
}
