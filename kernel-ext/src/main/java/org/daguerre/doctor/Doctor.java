package org.daguerre.doctor;

import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.ModelException;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.pipeline.LoadedModel;

/** Looks at all that a machine must bring for pictures to come out, and names the remedy for what is missing. */
public final class Doctor {

    private static final int LEAST_HEAP_MB = 256;

    private Doctor() {}

    /** All findings, in the order in which things come to be needed. Nothing is changed, and nothing is thrown. */
    public static List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        findings.add(guarded("the JDK", Doctor::jdk));
        findings.add(guarded("the charset", Doctor::charset));
        findings.add(guarded("memory", Doctor::heap));
        findings.add(guarded("assertions", Doctor::assertions));
        findings.add(guarded("fonts", Doctor::fonts));
        findings.add(guarded("CUDA", Doctor::cuda));
        findings.addAll(models());
        return findings;
    }

    /** What a check finds, or that it could not look. */
    public static Finding guarded(String subject, Supplier<Finding> check) {
        try {
            return check.get();
        } catch (Throwable t) {
            return Finding.ill(subject + " could not be looked at: " + t, "Report this line.");
        }
    }

    private static Finding jdk() {
        return Finding.well("Java " + Runtime.version() + " on " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + ", " + "processors: "
                + Runtime.getRuntime().availableProcessors());
    }

    private static Finding charset() {
        Charset charset = Charset.defaultCharset();
        return charset.equals(StandardCharsets.UTF_8)
                ? Finding.well("charset UTF-8")
                : Finding.ill(
                        "charset " + charset + ": prompts lose what it has no letters for",
                        "Start Java with -Dfile.encoding=UTF-8 (stock JJava kernel: set JJAVA_JVM_OPTS to it).");
    }

    private static Finding heap() {
        long megabytes = Runtime.getRuntime().maxMemory() >> 20;
        return megabytes >= LEAST_HEAP_MB
                ? Finding.well("heap up to " + megabytes + " MB")
                : Finding.ill(
                        "heap up to " + megabytes + " MB, " + LEAST_HEAP_MB + " MB are needed",
                        "Start Java with -Xmx1g or -XX:MaxRAMPercentage=40.");
    }

    private static Finding assertions() {
        return Doctor.class.desiredAssertionStatus()
                ? Finding.well("assertions on")
                : Finding.well("assertions off: a cell's assert says nothing (-ea turns them on)");
    }

    private static Finding cuda() {
        try {
            return Cuda.here().finding();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without fonts, AWT throws an Error at the first letter drawn; pictures need none, charts do. */
    private static Finding fonts() {
        try {
            int fonts = GraphicsEnvironment.getLocalGraphicsEnvironment().getAllFonts().length;
            new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB)
                    .createGraphics()
                    .getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
                    .stringWidth("a");
            return Finding.well(fonts + " fonts");
        } catch (Throwable t) {
            return Finding.ill(
                    "no fonts for charts (" + t.getMessage() + ")",
                    "Install fontconfig and a font: apt-get install fontconfig fonts-dejavu-core.");
        }
    }

    /** Loads every model, for that is when a damaged file, a broken native library or a missing GPU shows. */
    private static List<Finding> models() {
        List<Path> folders;
        try {
            folders = Daguerre.models();
        } catch (ModelException e) {
            return List.of(refused("models", e));
        }
        return folders.isEmpty()
                ? List.of(Finding.ill("no models", "Set DAGUERRE_MODELS to the folder of the model folders."))
                : folders.stream()
                        .map(folder -> guarded("model " + name(folder), () -> model(folder)))
                        .toList();
    }

    private static Finding model(Path folder) {
        try (LoadedModel model = LoadedModel.load(folder, Device.AUTO)) {
            return Finding.well(
                    "model " + model.name() + " loads, on " + model.card().provider());
        } catch (ModelException e) {
            return refused("model " + name(folder), e);
        }
    }

    /** The last sentence of a refusal is its remedy. */
    private static Finding refused(String subject, ModelException refusal) {
        String message = refusal.getMessage();
        int end = message.lastIndexOf(". ");
        return end < 0
                ? Finding.ill(subject + ": " + message, "Download or export it again.")
                : Finding.ill(subject + ": " + message.substring(0, end), message.substring(end + 2));
    }

    private static String name(Path folder) {
        return folder.getFileName().toString();
    }
}
