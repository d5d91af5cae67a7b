package org.daguerre.path;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.daguerre.denoiser.Prediction;
import org.daguerre.run.Run;
import org.daguerre.run.Sampled;
import org.daguerre.run.Sampling;
import org.daguerre.run.StepFacts;
import org.daguerre.sampler.Step;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Form;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * The path of a run of n steps as data: arrays whose first axis counts the steps, and what was measured. It is written to a
 * file and read back bit for bit; {@code NdArrays.of(path.x())} has it for ND4J, {@code StepTable.of("path", path.facts())} as rows.
 *
 * @param x all states, from the start to the last, {@code [n + 1, ...state]}
 * @param denoised what the model last took the picture for in each step, {@code [n, ...state]}
 * @param noise the model's last estimate of the noise, likewise
 * @param velocity where the state moves as noise grows, likewise: v, or eps - x0 of a flow
 * @param facts levels (off their plan), calls, times and norms of the steps
 * @param parameters what made the run, by name
 */
public record RunPath(
        Tensor x,
        Tensor denoised,
        Tensor noise,
        Tensor velocity,
        List<StepFacts> facts,
        Map<String, String> parameters) {

    private static final String FORM = "form";
    private static final List<String> ROWS =
            List.of("t", "alpha", "sigma", "t_next", "alpha_next", "sigma_next", "calls", "milliseconds");

    public RunPath {
        facts = List.copyOf(facts);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        if (facts.isEmpty()) {
            throw new IllegalArgumentException("the run has made no step yet, there is no path."
                    + " Take a step first: run.step() or run.finish().");
        }
        int n = facts.size();
        for (Tensor each : List.of(x, denoised, noise, velocity)) {
            int[] shape = each.shape();
            boolean fits = shape.length > 0
                    && shape[0] == (each == x ? n + 1 : n)
                    && Arrays.equals(shape, 1, shape.length, x.shape(), 1, x.rank());
            if (!fits) {
                throw new IllegalArgumentException(
                        "an array of shape " + Arrays.toString(shape) + " does not belong to "
                                + n + " steps of states " + Arrays.toString(x.shape())
                                + ". Give one state more than steps, and estimates of the same shape.");
            }
        }
    }

    /** The path of a run so far. */
    public static RunPath of(Sampled sampled) {
        Run run = sampled.run();
        Trajectory way = run.trajectory();
        List<Step> steps = way.steps();
        List<Tensor> states = new ArrayList<>();
        states.add(way.back(way.length()).x());
        steps.forEach(step -> states.add(step.x()));
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("sampler", told(run.samplings(), Sampling::sampler));
        parameters.put("schedule", run.sampling().schedule().toString());
        parameters.put("guidance", told(run.samplings(), Sampling::guidance));
        parameters.put("seed", Long.toString(run.sampling().seed()));
        return new RunPath(
                stacked(states),
                stacked(steps, Prediction::denoised),
                stacked(steps, Prediction::noise),
                stacked(steps, Prediction::velocity),
                run.facts().stream().map(RunPath::offPlan).toList(),
                parameters);
    }

    /** What decided the steps; where a branch went on with another, each with its steps. */
    private static String told(List<Sampling> samplings, Function<Sampling, Object> of) {
        Map<Integer, String> changes = new TreeMap<>();
        for (int i = 0; i < samplings.size(); i++) {
            String now = of.apply(samplings.get(i)).toString();
            if (i == 0 || !now.equals(of.apply(samplings.get(i - 1)).toString())) {
                changes.put(i + 1, now);
            }
        }
        return changes.size() == 1
                ? changes.get(1)
                : changes.entrySet().stream()
                        .map(change -> change.getValue() + " from step " + change.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static StepFacts offPlan(StepFacts facts) {
        return facts.between(facts.from().at(-1, -1), facts.to().at(-1, -1));
    }

    private static Tensor stacked(List<Step> steps, Function<Prediction, Tensor> of) {
        return stacked(steps.stream().map(step -> of.apply(step.prediction())).toList());
    }

    private static Tensor stacked(List<Tensor> tensors) {
        if (tensors.isEmpty()) {
            return Tensor.zeros(0);
        }
        int[] row = row(tensors.get(0).shape(), 1);
        return Tensor.concat(tensors.stream().map(each -> each.reshape(row)).toArray(Tensor[]::new));
    }

    /** A state's shape with one more axis in front. */
    private static int[] row(int[] shape, int count) {
        int[] row = new int[shape.length + 1];
        row[0] = count;
        System.arraycopy(shape, 0, row, 1, shape.length);
        return row;
    }

    /** Number of steps. */
    public int steps() {
        return facts.size();
    }

    /** The state after i steps, as samplers know it: {@code Trajectory.start(plan, i, path.x(i), noise)} goes on from there. */
    public Tensor x(int i) {
        if (i < 0 || i > steps()) {
            throw new IllegalArgumentException("state " + i + " is not there. Give 0 to " + steps() + ".");
        }
        int[] shape = x.shape();
        return x.slice(i).reshape(Arrays.copyOfRange(shape, 1, shape.length));
    }

    /** The same with more said about what made it. */
    public RunPath with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(parameters);
        all.putAll(more);
        return new RunPath(x, denoised, noise, velocity, facts, all);
    }

    /**
     * Writes all of it to a {@code .safetensors} file, or the states alone to a {@code .npy} file, and replaces one that is
     * there. In safetensors the arrays are called x, denoised, noise, velocity (F32); t, alpha, sigma of the level that each
     * step starts from and, with {@code _next}, leads to; calls and milliseconds (F64).
     *
     * @return the file
     * @throws IllegalArgumentException if the name ends otherwise
     * @throws UncheckedIOException if it cannot be written
     */
    public Path save(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".npy")) {
            return Npy.write(file, x);
        }
        if (!name.endsWith(".safetensors")) {
            throw new IllegalArgumentException("'" + file + "' has no ending that says its format."
                    + " Give .safetensors for the whole path, or .npy for its states.");
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("x", x);
        tensors.put("denoised", denoised);
        tensors.put("noise", noise);
        tensors.put("velocity", velocity);
        List<ToDoubleFunction<StepFacts>> columns = List.of(
                f -> f.from().t(),
                f -> f.from().alpha(),
                f -> f.from().sigma(),
                f -> f.to().t(),
                f -> f.to().alpha(),
                f -> f.to().sigma(),
                StepFacts::calls,
                StepFacts::milliseconds);
        Map<String, double[]> rows = new LinkedHashMap<>();
        for (int i = 0; i < ROWS.size(); i++) {
            rows.put(ROWS.get(i), facts.stream().mapToDouble(columns.get(i)).toArray());
        }
        Map<String, String> metadata = new LinkedHashMap<>(parameters);
        metadata.put(FORM, facts.get(0).from().form().name().toLowerCase(Locale.ROOT));
        return new Safetensors(tensors, rows, metadata).write(file);
    }

    /**
     * Reads what {@link #save} wrote to a {@code .safetensors} file; a {@code .npy} file is read by {@link Npy#read}.
     *
     * @throws IllegalArgumentException if the file is none, or holds no path; the message says what is wrong
     * @throws UncheckedIOException if it cannot be read
     */
    public static RunPath read(Path file) {
        Safetensors content = Safetensors.read(file);
        try {
            return of(content);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " holds no path of a run: " + e.getMessage());
        }
    }

    private static RunPath of(Safetensors content) {
        Tensor denoised = tensor(content, "denoised");
        Tensor noise = tensor(content, "noise");
        Tensor velocity = tensor(content, "velocity");
        Map<String, String> parameters = new LinkedHashMap<>(content.metadata());
        Form form = form(parameters.remove(FORM));
        double[][] rows = ROWS.stream().map(name -> row(content, name)).toArray(double[][]::new);
        int n = rows[0].length;
        Tensor x = tensor(content, "x");
        boolean fits = Arrays.stream(rows).allMatch(row -> row.length == n)
                && List.of(denoised, noise, velocity).stream().allMatch(each -> each.rank() > 0 && each.shape()[0] == n)
                && x.rank() > 0
                && x.shape()[0] == n + 1;
        if (!fits) {
            throw new IllegalArgumentException("its arrays are of different numbers of steps. Save it again.");
        }
        List<StepFacts> facts = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            if (rows[6][i] != Math.rint(rows[6][i]) || !(rows[6][i] >= 0 && rows[6][i] <= Integer.MAX_VALUE)) {
                throw new IllegalArgumentException("calls is " + rows[6][i] + ". Give whole numbers.");
            }
            facts.add(new StepFacts(
                    i + 1,
                    Level.of(rows[0][i], rows[1][i], rows[2][i], form),
                    Level.of(rows[3][i], rows[4][i], rows[5][i], form),
                    (int) rows[6][i],
                    rows[7][i],
                    x.slice(i + 1).norm(),
                    denoised.slice(i).norm(),
                    noise.slice(i).norm(),
                    velocity.slice(i).norm()));
        }
        return new RunPath(x, denoised, noise, velocity, facts, parameters);
    }

    private static Tensor tensor(Safetensors content, String name) {
        return present(name, content.tensors().get(name));
    }

    private static double[] row(Safetensors content, String name) {
        return present(name, content.rows().get(name));
    }

    private static <T> T present(String name, T array) {
        if (array == null) {
            throw new IllegalArgumentException("array '" + name + "' is missing. Save it with RunPath.save.");
        }
        return array;
    }

    private static Form form(String name) {
        return Arrays.stream(Form.values())
                .filter(form -> form.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("its form is "
                        + (name == null ? "missing" : "'" + Values.shown(name) + "'") + ". Give one of: "
                        + Arrays.stream(Form.values())
                                .map(form -> form.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + "."));
    }

    @Override
    public String toString() {
        return "path of " + steps() + (steps() == 1 ? " step" : " steps") + ", states "
                + Arrays.toString(Arrays.copyOfRange(x.shape(), 1, x.rank())) + ", " + parameters;
    }
}
