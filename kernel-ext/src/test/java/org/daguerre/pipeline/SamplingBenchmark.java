package org.daguerre.pipeline;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.daguerre.onnx.Device;
import org.daguerre.onnx.OnnxModel;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Tensor;

/**
 * What sampler, guidance and bookkeeping cost over a bare loop of session.run on the same inputs, in one program: arguments
 * are a model folder and the number of rounds. Processor time is compared, since other work on the machine does not change it.
 */
public final class SamplingBenchmark {

    private static final int STEPS = 30;
    private static final double GUIDANCE = 3;
    private static final String PROMPT = "three red apples on a tray";
    private static final int RELOADS = 50;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private record Time(double wall, double processor) {

        interface Work {
            void run() throws Exception;
        }

        static Time of(Work work) throws Exception {
            long wall = System.nanoTime();
            long processor = SYSTEM.getProcessCpuTime();
            work.run();
            return new Time((System.nanoTime() - wall) / 1e6, (SYSTEM.getProcessCpuTime() - processor) / 1e6);
        }

        static Time median(Time[] times) {
            return new Time(
                    Arrays.stream(times).mapToDouble(Time::wall).sorted().toArray()[times.length / 2],
                    Arrays.stream(times).mapToDouble(Time::processor).sorted().toArray()[times.length / 2]);
        }
    }

    private SamplingBenchmark() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int rounds = Integer.parseInt(args[1]);
        Model[] loaded = new Model[1];
        row("first load in this process", Time.of(() -> loaded[0] = Model.load(folder, Device.CPU)));
        Model model = loaded[0];
        Request request = model.prompt(PROMPT).steps(STEPS).guidance(GUIDANCE).seed(7);
        row("first picture", Time.of(() -> request.start().finish().picture()));
        try (Bare bare = new Bare(folder.resolve("unet").resolve("model.onnx"), model, request)) {
            Time[] bareTimes = new Time[rounds];
            Time[] ours = new Time[rounds];
            Time[] guarded = new Time[rounds];
            Time[] pictures = new Time[rounds];
            for (int i = -3; i < rounds; i++) {
                Generation generation = request.start();
                Time bareTime = Time.of(bare::loop);
                Time guard = Time.of(() -> bare.guardedLoop(model.unet().model()));
                Time our = Time.of(generation::finish);
                Time picture = Time.of(() -> request.start().finish().picture());
                if (i >= 0) {
                    bareTimes[i] = bareTime;
                    guarded[i] = guard;
                    ours[i] = our;
                    pictures[i] = picture;
                }
            }
            Time bareTime = Time.median(bareTimes);
            Time our = Time.median(ours);
            row("bare loop of " + STEPS + " session.run", bareTime);
            row("the same through OnnxModel", Time.median(guarded));
            row("run of " + STEPS + " guided steps", our);
            row("picture: prompt, run, decoding", Time.median(pictures));
            System.out.printf(
                    Locale.ROOT,
                    "%-34s %8.1f %% %6.1f %%%n",
                    "run over bare loop",
                    100 * (our.wall / bareTime.wall - 1),
                    100 * (our.processor / bareTime.processor - 1));
        }
        model.close();
        for (int i = 0; i <= RELOADS; i++) {
            if (i % 10 == 0) {
                System.out.printf(Locale.ROOT, "resident after %d reloads %.0f MB%n", i, residentKilobytes() / 1e3);
            }
            try (Model again = Model.load(folder, Device.CPU)) {
                again.prompt(PROMPT).steps(1).start().finish().picture();
            }
        }
    }

    private static void row(String what, Time time) {
        System.out.printf(Locale.ROOT, "%-34s %8.1f ms wall %8.1f ms processor%n", what, time.wall, time.processor);
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** The same calls without anything around them: direct buffers in, pinned buffer out. */
    private static final class Bare implements AutoCloseable {

        private final OrtSession session;
        private final Plan plan;
        private final Tensor both;
        private final Tensor prompts;
        private final FloatBuffer timestep;
        private final Map<String, OnnxTensor> inputs;
        private final Map<String, OnnxTensor> outputs;

        Bare(Path file, Model model, Request request) throws OrtException {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (SessionOptions options = new SessionOptions()) {
                options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
                options.setIntraOpNumThreads(1);
                options.addConfigEntry("session.intra_op.allow_spinning", "0");
                session = environment.createSession(file.toString(), options);
            }
            plan = request.toSampling().plan();
            timestep = direct(1);
            Tensor x = request.start().run().x();
            both = Tensor.concat(x, x);
            prompts = Tensor.concat(model.promptEmbeds(""), model.promptEmbeds(PROMPT));
            inputs = Map.of(
                    "sample", tensor(environment, both),
                    "timestep", OnnxTensor.createTensor(environment, timestep, new long[0]),
                    "encoder_hidden_states", tensor(environment, prompts));
            outputs = Map.of("out_sample", tensor(environment, both));
        }

        private static FloatBuffer direct(int size) {
            return ByteBuffer.allocateDirect(size * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }

        private static OnnxTensor tensor(OrtEnvironment environment, Tensor value) throws OrtException {
            FloatBuffer buffer = direct(value.size());
            buffer.put(value.buffer()).rewind();
            long[] shape = Arrays.stream(value.shape()).asLongStream().toArray();
            return OnnxTensor.createTensor(environment, buffer, shape);
        }

        void guardedLoop(OnnxModel model) {
            for (int i = 0; i < plan.count(); i++) {
                model.run(
                        Map.of(
                                "sample",
                                both,
                                "timestep",
                                Tensor.filled(plan.from(i).t()),
                                "encoder_hidden_states",
                                prompts),
                        "out_sample");
            }
        }

        void loop() throws OrtException {
            for (int i = 0; i < plan.count(); i++) {
                timestep.put(0, (float) plan.from(i).t());
                session.run(inputs, Set.of(), outputs).close();
            }
        }

        @Override
        public void close() throws OrtException {
            for (Map<String, OnnxTensor> tensors : List.of(inputs, outputs)) {
                tensors.values().forEach(OnnxTensor::close);
            }
            session.close();
        }
    }
}
