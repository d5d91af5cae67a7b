package org.daguerre.pipeline;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.daguerre.backbone.Conditioning;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.run.Run;
import org.daguerre.tensor.Tensor;

/**
 * What a model costs on this machine's CPU, measured in one program: loading, a bare loop of the U-Net, the same calls
 * through {@link OnnxModel}, a whole guided run of as many calls, a finished picture; and the memory that pictures and
 * reloads leave behind. The loops take turns, so that other work on the machine meets them all alike, and they share one
 * session: two of the same file differ by more than what is measured here, as their weights lie elsewhere in memory.
 *
 * @param subject what was measured, and where
 * @param times medians over the rounds, in milliseconds; the first load and picture were measured once, in a cold program
 * @param overBare quotients by the bare loop
 * @param resident resident memory in megabytes at stages of the program; empty where the system does not tell
 */
public record Benchmark(
        String subject, Map<String, Time> times, Map<String, Time> overBare, Map<String, Double> resident) {

    private static final String PROMPT = "three red apples on a tray";
    private static final int STEPS = 30;
    static final double GUIDANCE = 3;
    private static final int PICTURES = 10;

    /** Rounds before the measured ones, for the compiler of the JVM. */
    private static final int WARM_UP = 3;

    /** Reloads after which memory has settled, compiled code and all. */
    private static final int SETTLED = 50;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Time on the wall, and of all processors for this program; in milliseconds, or as quotients. */
    public record Time(double wall, double processor) {

        static Time of(Runnable work) {
            long wall = System.nanoTime();
            long processor = SYSTEM.getProcessCpuTime();
            work.run();
            return new Time((System.nanoTime() - wall) / 1e6, (SYSTEM.getProcessCpuTime() - processor) / 1e6);
        }

        /**
         * The median quotient on the wall, which bursts of other work do not reach; of processor time, which systems count in
         * ticks of up to 10 ms, the quotient of the sums.
         */
        static Time over(Time[] times, Time[] base) {
            double[] quotients = new double[times.length];
            Arrays.setAll(quotients, i -> times[i].wall / base[i].wall);
            Arrays.sort(quotients);
            return new Time(quotients[quotients.length / 2], sum(times) / sum(base));
        }

        private static double sum(Time[] times) {
            return Arrays.stream(times).mapToDouble(Time::processor).sum();
        }

        static Time median(Time[] times) {
            return new Time(median(times, Time::wall), median(times, Time::processor));
        }

        private static double median(Time[] times, ToDoubleFunction<Time> value) {
            return Arrays.stream(times).mapToDouble(value).sorted().toArray()[times.length / 2];
        }
    }

    public Benchmark {
        times = new LinkedHashMap<>(times);
        overBare = new LinkedHashMap<>(overBare);
        resident = new LinkedHashMap<>(resident);
    }

    /**
     * Measures a model.
     *
     * @param nameOrFolder a model's name or its folder
     * @param rounds measured rounds, 1 or more
     * @param reloads times the model is loaded again, 0 or more
     * @param progress is told what is being measured
     */
    public static Benchmark of(String nameOrFolder, int rounds, int reloads, Consumer<String> progress) {
        return of(nameOrFolder, Device.CPU, rounds, reloads, Optional.empty(), progress);
    }

    /**
     * Measures a model, and beside it a loop of onnxruntime and NumPy in Python, which takes its turn in every round with the
     * same graphs, device, threads and steps.
     *
     * @param device where both run
     * @param python the command of a Python that has onnxruntime and NumPy
     */
    public static Benchmark of(
            String nameOrFolder,
            Device device,
            int rounds,
            int reloads,
            Optional<String> python,
            Consumer<String> progress) {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds is " + rounds + ". Give 1 or more, usually 10.");
        }
        if (reloads < 0) {
            throw new IllegalArgumentException("reloads is " + reloads + ". Give 0 or more, usually 150.");
        }
        ModelFolder folder = ModelsFolder.find(nameOrFolder);
        Map<String, Time> times = new LinkedHashMap<>();
        Map<String, Time> overBare = new LinkedHashMap<>();
        Map<String, Double> resident = new LinkedHashMap<>();
        progress.accept("loading");
        note(resident, "before the first load");
        String memory;
        String ran;
        Model[] loaded = new Model[1];
        times.put("first load", Time.of(() -> loaded[0] = Model.load(folder, device)));
        try (Model model = loaded[0]) {
            Request request =
                    model.prompt(PROMPT).steps(STEPS).guidance(GUIDANCE).seed(7);
            progress.accept("the first " + PICTURES + " pictures");
            times.put("first picture", Time.of(() -> paint(request)));
            for (int i = 1; i < PICTURES; i++) {
                paint(request);
            }
            note(resident, "after " + PICTURES + " pictures");
            try (PythonLoop beside =
                    python.map(command -> new PythonLoop(command, request)).orElse(null)) {
                rounds(model, request, beside, rounds, times, overBare, progress);
                memory = beside == null ? "" : "; " + beside;
            }
            memory = peakMegabytes() + memory;
            ran = model.backbone().model().provider().device().toString();
        }
        reload(folder, device, reloads, resident, progress);
        String subject = String.format(
                Locale.ROOT,
                "%s on %s, %d steps, guidance %s, %d rounds; Java %s, %s %s, processors: %d%s",
                folder.name(),
                ran,
                STEPS,
                GUIDANCE,
                rounds,
                Runtime.version().feature(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                memory);
        return new Benchmark(subject, times, overBare, resident);
    }

    private static void paint(Request request) {
        request.start().finish().picture();
    }

    private static void rounds(
            Model model,
            Request request,
            PythonLoop python,
            int rounds,
            Map<String, Time> times,
            Map<String, Time> overBare,
            Consumer<String> progress) {
        Run run = request.start().run();
        Tensor both = Tensor.concat(run.x(), run.x());
        Conditioning prompts = Conditioning.batch(List.of(model.conditioning(""), model.conditioning(PROMPT)), 1);
        Map<String, Tensor> inputs = model.backbone().inputs(both, run.level(), prompts);
        run.finish();
        int calls = run.calls();
        OnnxModel backbone = model.backbone().model();
        String out = model.backbone().output();
        Generation[] next = new Generation[1];
        Map<String, Supplier<Time>> loops = new LinkedHashMap<>();
        loops.put("bare loop of " + calls + " session.run", () -> Time.of(() -> backbone.repeat(inputs, out, calls)));
        loops.put("the same through OnnxModel", () -> Time.of(() -> repeat(calls, () -> backbone.run(inputs, out))));
        loops.put("guided run of " + STEPS + " steps", () -> Time.of(() -> next[0].finish()));
        loops.put("picture: prompt, run, decoding", () -> Time.of(() -> paint(request)));
        if (python != null) {
            loops.put("picture by Python: onnxruntime, NumPy", python::picture);
        }
        Map<String, Time[]> measured = new LinkedHashMap<>();
        loops.keySet().forEach(name -> measured.put(name, new Time[rounds]));
        for (int i = -WARM_UP; i < rounds; i++) {
            progress.accept(i < 0 ? "warming up" : "round " + (i + 1) + " of " + rounds);
            next[0] = request.start();
            for (Map.Entry<String, Supplier<Time>> loop : loops.entrySet()) {
                Time time = loop.getValue().get();
                if (i >= 0) {
                    measured.get(loop.getKey())[i] = time;
                }
            }
        }
        Time[] base = measured.values().iterator().next();
        measured.forEach((name, series) -> {
            times.put(name, Time.median(series));
            overBare.put(name, Time.over(series, base));
        });
    }

    private static void repeat(int times, Runnable call) {
        for (int i = 0; i < times; i++) {
            call.run();
        }
    }

    private static void reload(
            ModelFolder folder, Device device, int reloads, Map<String, Double> resident, Consumer<String> progress) {
        note(resident, "before reloading");
        for (int i = 1; i <= reloads; i++) {
            progress.accept("reload " + i + " of " + reloads);
            try (Model again = Model.load(folder, device)) {
                again.prompt(PROMPT).steps(1).start().finish().picture();
            }
            if (i == SETTLED || i == reloads) {
                note(resident, "after " + i + " reloads");
            }
        }
    }

    private static void note(Map<String, Double> resident, String stage) {
        System.gc();
        residentMegabytes().ifPresent(megabytes -> resident.put(stage, megabytes));
    }

    private static OptionalDouble residentMegabytes() {
        return status("VmRSS");
    }

    /** The most memory that this program had so far, in words; empty where the system does not tell. */
    private static String peakMegabytes() {
        OptionalDouble peak = status("VmHWM");
        return peak.isPresent() ? String.format(Locale.ROOT, "; peak %.0f MB", peak.getAsDouble()) : "";
    }

    /** A line of the system's account of this program, in megabytes. */
    private static OptionalDouble status(String name) {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return OptionalDouble.empty();
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
                    .findFirst();
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }

    /** The tables of a report; growth is that over the stage before. */
    public String markdown() {
        StringBuilder text = new StringBuilder(subject).append("\n\n");
        text.append("| | wall, ms | processor, ms | wall over bare | processor over bare |\n");
        text.append("|---|---:|---:|---:|---:|\n");
        times.forEach((name, time) -> {
            Time quotient = overBare.get(name);
            text.append(String.format(Locale.ROOT, "| %s | %.1f | %.1f |", name, time.wall, time.processor))
                    .append(
                            quotient == null
                                    ? " | |\n"
                                    : String.format(
                                            Locale.ROOT, " %.3f | %.3f |\n", quotient.wall, quotient.processor));
        });
        if (!resident.isEmpty()) {
            text.append("\n| resident memory | MB | growth |\n|---|---:|---:|\n");
            double[] before = {Double.NaN};
            resident.forEach((stage, megabytes) -> {
                text.append(String.format(Locale.ROOT, "| %s | %.0f |", stage, megabytes))
                        .append(
                                Double.isNaN(before[0])
                                        ? " |\n"
                                        : String.format(
                                                Locale.ROOT, " %+.1f %% |\n", 100 * (megabytes / before[0] - 1)));
                before[0] = megabytes;
            });
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return markdown();
    }
}
