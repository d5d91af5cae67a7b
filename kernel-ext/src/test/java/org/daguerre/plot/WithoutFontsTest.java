package org.daguerre.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Lettering;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.run.Run;
import org.daguerre.run.Sampling;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Noise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own that finds no fontconfig, and so no fonts. */
class WithoutFontsTest {

    @TempDir
    Path folder;

    @Test
    void picturesAreShownAndFiguresSayWhatToInstall() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux finds its fonts through fontconfig");
        for (String name : List.of("libfontconfig.so", "libfontconfig.so.1")) {
            Files.writeString(folder.resolve(name), "not a library");
        }
        Path out = folder.resolve("out");
        ProcessBuilder child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "-XX:TieredStopAtLevel=1",
                Child.class.getName());
        child.environment().put("LD_LIBRARY_PATH", folder.toString());
        child.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        child.redirectErrorStream(true).redirectOutput(out.toFile());
        Process process = child.start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        assertEquals(
                List.of("fonts false", "captions left out true", "strip true", Lettering.REMEDY, Lettering.REMEDY),
                Files.readAllLines(out));
        assertEquals(0, process.exitValue());
    }

    static final class Child {
        public static void main(String[] args) {
            System.out.println("fonts " + Lettering.available());
            ContactSheet sheet = ContactSheet.of(
                    List.of(Picture.of(Noise.seed(1).draw(1, 3, 64, 64).tensor())));
            System.out.println("captions left out "
                    + sheet.captions(List.of("one")).picture().equals(sheet.picture()));
            Run run = Sampling.of(Denoiser.of((x, level) -> x.times(0.5)), NoiseSchedule.cosine(100), 1, 3, 8, 8)
                    .steps(2)
                    .start();
            run.finish();
            System.out.println("strip "
                    + (FilmStrip.of(run, x -> x, 2, Theme.LIGHT).picture().png().length > 100));
            for (Figure figure : List.of(
                    SchedulePlot.of(Map.of("cosine", NoiseSchedule.cosine(100)), Theme.LIGHT),
                    FilmStrip.of(run, x -> x, 2, Theme.DARK).figure())) {
                try {
                    figure.png();
                } catch (IllegalStateException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }
}
