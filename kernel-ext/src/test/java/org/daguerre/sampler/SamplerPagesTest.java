package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.sampler.DpmSolver.Algorithm;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.FlowSpacing;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * docs/samplers.md and docs/parity.md say what the code does: the first is made of the heads of the samplers' files and of
 * what is counted here, the second of the differences from diffusers. With {@code -Ddaguerre.pages=write} they are written.
 */
class SamplerPagesTest {

    private static final Path SOURCES = Path.of("src/main/java/org/daguerre/sampler");
    private static final Path DOCS = Path.of("../docs");
    private static final Pattern HEAD = Pattern.compile("/\\*\\*\\R(.*?)\\*/\\Rpublic record", Pattern.DOTALL);
    private static final int[] SHAPE = {1, 2, 3, 3};
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
    private static final Denoiser MODEL = ExactDenoiser.mixture(
            new double[] {1, 2},
            List.of(
                    Noise.seed(1).draw(SHAPE).tensor(),
                    Noise.seed(2).draw(SHAPE).tensor()),
            0.3);

    @Test
    void pageOfSamplersSaysWhatTheCodeDoes() throws IOException {
        check("samplers.md", samplers());
    }

    @Test
    void pageOfParityNamesEveryConfiguration() throws IOException {
        check("parity.md", parity());
    }

    private static void check(String name, String text) throws IOException {
        Path file = DOCS.resolve(name);
        if ("write".equals(System.getProperty("daguerre.pages"))) {
            Files.writeString(file, text);
        }
        assertEquals(text, Files.readString(file), "run with -Ddaguerre.pages=write to write " + file);
    }

    private static String samplers() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Samplers

                Written by `SamplerPagesTest` from the heads of the files in `org.daguerre.sampler`; do not edit.

                A name is what `--sampler` takes; behind an option stands its value in the sampler of a name. Calls are those of ten steps
                to a picture without noise. The order is the power of the number of steps by which the error shrinks, as `ConvergenceTest`
                finds it on a mixture of Gaussians with steps that are equal in the solver's own variable and a first few that are given;
                methods that add noise have none here.

                On a model trained with zero terminal SNR a sampler asked for by name keeps that schedule, also where diffusers' class has
                no such option (heun, kdpm2, lms, pndm, deis, sa-solver, singlestep DPM-Solver). Where diffusers starts at alpha-bar 2^-24
                instead of 0 (euler and its kin, multistep DPM-Solver, unipc), and on a ladder, so does the sampler here.

                | name | class | order | calls in 10 steps | noise |
                |---|---|---|---|---|
                """);
        Map<String, List<String>> namesOf = new LinkedHashMap<>();
        for (String name : Samplers.names()) {
            Sampler sampler = Sampler.named(name);
            Plan plan = new EulerSpacing(TimestepSpacing.LINSPACE, 0).plan(SCHEDULE, 10);
            Trajectory start = Trajectory.start(plan, Noise.seed(0), SHAPE);
            Trajectory end = walk(sampler, start, MODEL);
            int calls =
                    end.steps().stream().mapToInt(step -> step.calls().size()).sum();
            String className = sampler.getClass().getSimpleName();
            namesOf.computeIfAbsent(className, c -> new ArrayList<>()).add("`" + name + "`");
            boolean random = !end.noise().equals(start.noise());
            page.append("| `%s` | [%s](#%s) | %s | %s | %s |\n"
                    .formatted(
                            name,
                            className,
                            className.toLowerCase(Locale.ROOT),
                            random
                                    ? ""
                                    : ConvergenceTest.order(name)
                                            .map(String::valueOf)
                                            .orElse(""),
                            name.equals("dpm-adaptive") ? "as many as the tolerance needs" : calls,
                            random ? "yes" : ""));
        }
        namesOf.put("DdimInverse", List.of("in Java, from a picture to its noise"));
        for (Map.Entry<String, List<String>> entry : namesOf.entrySet()) {
            page.append("\n## ").append(entry.getKey()).append("\n\n");
            page.append(String.join(", ", entry.getValue())).append(".\n\n");
            page.append(head(entry.getKey(), entry.getValue()));
        }
        return page.append(manners()).toString();
    }

    /** The Javadoc of a sampler as Markdown: what it is, its symbols, its options and what they are by name. */
    private static String head(String className, List<String> names) throws IOException {
        String source = Files.readString(SOURCES.resolve(className + ".java"));
        Matcher matcher = HEAD.matcher(source);
        if (!matcher.find()) {
            throw new AssertionError(className + " has no head");
        }
        String text = matcher.group(1)
                .replaceAll("(?m)^ \\* ?", "")
                .replaceAll("\\{@link\\s+(?:[\\w.]*\\.)?#?([\\w()]+)}", "`$1`")
                .replaceAll("\\{@code ([^}]*)}", "`$1`")
                .replace("<pre>", "```")
                .replace("</pre>", "```")
                .replace("<p>", "")
                .replace("&lt;", "<");
        int options = text.indexOf("@param");
        String lead = options < 0 ? text : text.substring(0, options);
        StringBuilder markdown = new StringBuilder(lead.strip()).append("\n\n");
        for (String option :
                options < 0 ? new String[0] : text.substring(options).split("@param ")) {
            String line = option.strip().replaceAll("\\s+", " ");
            int blank = line.indexOf(' ');
            if (blank > 0) {
                String name = line.substring(0, blank);
                markdown.append("- `%s`: %s%s\n".formatted(name, line.substring(blank + 1), values(name, names)));
            }
        }
        return markdown.toString();
    }

    /** What an option is that is a number, a flag or one of a few constants, in the samplers of these names. */
    private static String values(String option, List<String> names) {
        Map<String, List<String>> namesOf = new LinkedHashMap<>();
        for (String name : names) {
            if (!Samplers.names().contains(name.replace("`", ""))) {
                return "";
            }
            Object value = value(Sampler.named(name.replace("`", "")), option);
            if (value instanceof Number || value instanceof Boolean || value instanceof Enum) {
                namesOf.computeIfAbsent(value.toString().replaceAll("\\.0$", ""), v -> new ArrayList<>())
                        .add(name);
            }
        }
        return switch (namesOf.size()) {
            case 0 -> "";
            case 1 -> " (by name: %s)".formatted(namesOf.keySet().iterator().next());
            default ->
                namesOf.entrySet().stream()
                        .map(entry -> entry.getKey() + " in " + String.join(", ", entry.getValue()))
                        .collect(Collectors.joining("; ", " (by name: ", ")"));
        };
    }

    private static Object value(Sampler sampler, String option) {
        try {
            return sampler.getClass().getMethod(option).invoke(sampler);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(sampler + " has no option " + option, e);
        }
    }

    private static String manners() {
        StringBuilder section = new StringBuilder("""

                # Two manners

                Where diffusers departs from a paper, a config of diffusers is followed to the letter, and a sampler asked for by name
                is the paper's. The difference is that of the finished states in ten steps, in parts of their norm, on one mixture of
                Gaussians.

                | where | as diffusers | as the paper | difference |
                |---|---|---|---|
                """);
        row(
                section,
                "DDIM off leading spacing",
                "every step goes T / n timesteps down, past or short of the next start",
                "to the next start",
                new Ddim(0, Clipping.NONE, new DdimSpacing(TimestepSpacing.LINSPACE, 0, true, true)),
                new Ddim(0, Clipping.NONE, new DdimSpacing(TimestepSpacing.LINSPACE, 0, true, false)));
        row(
                section,
                "DPM-Solver++ multistep of order 3",
                "half of the second derivative, which leaves order 2",
                "all of it",
                multistep(Algorithm.DPMSOLVER_PP, Manner.DIFFUSERS),
                multistep(Algorithm.DPMSOLVER_PP, Manner.PAPER));
        row(
                section,
                "its SDE variant",
                "and a wrong sign in its coefficient",
                "the right one",
                multistep(Algorithm.SDE_DPMSOLVER_PP, Manner.DIFFUSERS),
                multistep(Algorithm.SDE_DPMSOLVER_PP, Manner.PAPER));
        row(
                section,
                "DDPM with fixed_large off leading spacing",
                "noise after the last step",
                "none",
                ddpm(Manner.DIFFUSERS),
                ddpm(Manner.PAPER));
        row(
                section,
                "Euler with churn",
                "the model is asked before noise is added, and its answer read after",
                "it is asked after",
                new EulerChurn(10, 0, 100, 1, Manner.DIFFUSERS, new Euler().spacing()),
                new EulerChurn(10, 0, 100, 1, Manner.PAPER, new Euler().spacing()));
        Denoiser v = MODEL.as(PredictionType.V_PREDICTION);
        row(
                section,
                "PNDM with a model that predicts v",
                "means of v over several states, which leave order 1",
                "means of the noise",
                end(new Pndm(true, Manner.DIFFUSERS, new Pndm().spacing()), SCHEDULE, v),
                end(new Pndm(true, Manner.PAPER, new Pndm().spacing()), SCHEDULE, v));
        NoiseSchedule flow = NoiseSchedule.flow(1000, 3);
        double shifted = difference(
                end(new Euler(FlowSpacing.EULER), flow),
                end(new Euler(new FlowSpacing(FlowSpacing.Points.TO_LEAST, Double.NaN, FinalSigma.ZERO)), flow));
        section.append("| flow matching with shift 3 | the least sigma is shifted twice | once | %.1e |\n"
                .formatted(shifted)
                .replace(",", "."));
        return section.append("""

                Besides: DDPM's fixed_large_log is NaN in diffusers, which takes the square root of a logarithm; it is fixed_large here.
                Trailing timesteps by `numpy.arange` are one too many for 61, 103, 121 and other numbers of steps; here they are as many as
                asked for. Leading timesteps of 1000 steps with steps_offset 1 run off the table (DPM-Solver and its kin already of 999);
                here they are refused. EDM's exponential levels of a single step start at sigma_min; here at sigma_max. use_flow_sigmas together with a ladder gives diffusers' DPM-Solver sigmas above 1; here the ladder is named as
                without effect. IPNDM loses the picture in its first step, where the state is all noise; asked for by name it does not.
                k-diffusion's sample_dpmpp_3m_sde takes half of the second derivative too, with the right sign.
                Noise of an interval is drawn afresh; diffusers' DPMSolverSDE and CosineDPMSolver and k-diffusion take it from a Brownian tree.
                DEIS, DPM-Solver, UniPC and SA-Solver in 1000 linspace steps have timestep 500 twice and are NaN in diffusers from there on;
                here the step between equal levels changes nothing.
                A last step that changes no level is NaN in diffusers' CosineDPMSolver that ends at sigma_min, and in its inverse DPM-Solver
                with heun on a ladder; here it leaves the state as it is.
                """).toString();
    }

    private static Sampler multistep(Algorithm algorithm, Manner manner) {
        DpmSolverMultistep plain = new DpmSolverMultistep(algorithm, 3);
        return new DpmSolverMultistep(
                algorithm, 3, plain.derivative(), true, false, Clipping.NONE, manner, plain.spacing());
    }

    private static Sampler ddpm(Manner manner) {
        return new Ddpm(
                Ddpm.Variance.FIXED_LARGE,
                Clipping.NONE,
                manner,
                new DdimSpacing(TimestepSpacing.TRAILING, 0, true, false));
    }

    private static void row(
            StringBuilder section, String where, String theirs, String papers, Sampler as, Sampler instead) {
        row(section, where, theirs, papers, end(as, SCHEDULE), end(instead, SCHEDULE));
    }

    private static void row(
            StringBuilder section, String where, String theirs, String papers, Tensor as, Tensor instead) {
        double difference = difference(as, instead);
        section.append(String.format(Locale.ROOT, "| %s | %s | %s | %.1e |%n", where, theirs, papers, difference));
    }

    private static double difference(Tensor one, Tensor other) {
        return one.minus(other).norm() / other.norm();
    }

    private static Tensor end(Sampler sampler, NoiseSchedule schedule) {
        return end(sampler, schedule, MODEL);
    }

    private static Tensor end(Sampler sampler, NoiseSchedule schedule, Denoiser model) {
        Plan plan = sampler.spacing().plan(schedule, 10);
        return walk(sampler, Trajectory.start(plan, Noise.seed(3), SHAPE), model)
                .x();
    }

    private static Trajectory walk(Sampler sampler, Trajectory from, Denoiser model) {
        Trajectory way = from;
        while (!way.done()) {
            way = way.then(sampler.next(model, way));
        }
        return way;
    }

    private static String parity() throws IOException {
        JsonNode root = RandomParityTest.fixtures();
        JsonNode versions = root.get("versions");
        int[] shape = new ObjectMapper().convertValue(root.get("shape"), int[].class);
        List<JsonNode> fixtures =
                StreamSupport.stream(root.get("fixtures").spliterator(), false).toList();
        StringBuilder page = new StringBuilder("""
                # Parity with diffusers

                Written by `SamplerPagesTest`; do not edit. %d configurations drawn at random over all options of %d classes, recorded from
                diffusers %s with torch %s, numpy %s and scipy %s on Python %s by one command each,

                    cd kernel-ext/src/test/python && pip install -r requirements.txt
                    python random_fixtures.py ../resources/sampler/random.json

                A difference is the largest of any value after any step, in parts of the largest value of that state; at most that many
                parts, by powers of ten. Their median is at most %s. Those marked * are [left out](#left-out) of the bound of 1e-4.

                | class | configurations | largest difference |
                |---|---|---|
                """.formatted(
                        fixtures.size(),
                        fixtures.stream()
                                .map(f -> f.get("config").get("_class_name").asText())
                                .distinct()
                                .count(),
                        versions.get("diffusers").asText(),
                        versions.get("torch").asText(),
                        versions.get("numpy").asText(),
                        versions.get("scipy").asText(),
                        versions.get("python").asText(),
                        power(RandomParityTest.median())));
        Map<String, List<Measured>> byClass = new LinkedHashMap<>();
        for (JsonNode fixture : fixtures) {
            double difference =
                    RandomParityTest.difference(fixture, root.get("seed").asLong(), shape);
            byClass.computeIfAbsent(fixture.get("config").get("_class_name").asText(), name -> new ArrayList<>())
                    .add(new Measured(fixture, difference));
        }
        StringBuilder details = new StringBuilder();
        byClass.forEach((name, all) -> {
            Measured worst = Collections.max(all, Comparator.comparingDouble(Measured::difference));
            page.append("| [%s](#%s) | %d | %s |\n"
                    .formatted(name, name.toLowerCase(Locale.ROOT), all.size(), worst.text()));
            details.append("\n## ").append(name).append("\n\n");
            for (Measured each : all) {
                String options = options(each.fixture());
                details.append(wrapped("- %d steps, %s%s"
                        .formatted(
                                each.fixture().get("steps").asInt(),
                                each.text(),
                                options.isEmpty() ? "" : ": " + options)));
            }
        });
        List<Measured> all = byClass.values().stream().flatMap(List::stream).toList();
        return page.append(details)
                .append(leftOut(all, root.get("redrawn")))
                .append(upstream())
                .toString();
    }

    private record Measured(JsonNode fixture, double difference) {
        String text() {
            return power(difference) + (RandomParityTest.losesDigits(fixture) ? " *" : "");
        }
    }

    /** A little above each power of ten, so that the last bits of another JDK do not move a row. */
    private static String power(double difference) {
        return "1e" + (int) Math.ceil(Math.log10(Math.max(difference / 1.5, 1e-6)));
    }

    /** Every exclusion with its reason, and every draw that has nothing to be compared with. */
    private static String leftOut(List<Measured> measured, JsonNode redrawn) {
        List<Measured> starred = measured.stream()
                .filter(each -> RandomParityTest.losesDigits(each.fixture()))
                .toList();
        List<JsonNode> undefined = new ArrayList<>();
        List<JsonNode> refused = new ArrayList<>();
        redrawn.forEach(drawn -> (drawn.get("answer").asText().startsWith("NaN") ? undefined : refused).add(drawn));
        int drawn = measured.size() + undefined.size();
        int out = starred.size() + undefined.size();
        StringBuilder section = new StringBuilder(String.format(
                Locale.ROOT, """

                # Left out

                %d of the %d configurations (%.1f %%) exceed the bound of 1e-4. All have a cosine schedule, which ends at
                sigma / alpha = 20 000, and timesteps that begin there. diffusers' first steps subtract numbers of that size in float32,
                which multiplies the rounding of the state by as much; so do Heun's and KDPM2's here, the others combine the state from
                denoised and noise. KDPM2 ancestral takes sigma_down as the root of a difference of two squares, which comes out 15 %% too
                large there (0.0028, and not 0.0024). `RandomParityTest` holds each to the difference below within a factor of 1.5.

                """, starred.size(), measured.size(), 100.0 * starred.size() / measured.size()));
        for (Measured each : starred) {
            section.append(wrapped("- %s, %d steps, %s: %s"
                    .formatted(
                            each.fixture().get("config").get("_class_name").asText(),
                            each.fixture().get("steps").asInt(),
                            String.format(Locale.ROOT, "%.1e", each.difference()),
                            options(each.fixture()))));
        }
        section.append(String.format(
                Locale.ROOT,
                """

                %d more draws are NaN in diffusers, so that there is nothing to compare with, and were drawn again. Counted with them,
                %d of %d drawn (%.1f %%) are left out%s.

                """,
                undefined.size(),
                out,
                drawn,
                100.0 * out / drawn,
                out > 0.05 * drawn ? ", more than the 5 % aimed at" : ""));
        undefined.forEach(each -> section.append(wrapped(redrawn(each))));
        section.append("""

                %d draws end in an exception of diffusers in the ordinary loop over its timesteps. They are no configurations of
                diffusers and no exclusions; they too were drawn again.

                """.formatted(refused.size()));
        refused.forEach(each -> section.append(wrapped(redrawn(each))));
        return section.append("""

                Daguerre ends in numbers with the options of all of these (`RandomParityTest`).
                """).toString();
    }

    private static String redrawn(JsonNode drawn) {
        return "- %s, %d steps, %s: %s"
                .formatted(
                        drawn.get("config").get("_class_name").asText(),
                        drawn.get("steps").asInt(),
                        drawn.get("answer").asText(),
                        options(drawn));
    }

    /** An item of a list in lines of up to 120 characters. */
    private static String wrapped(String item) {
        return item.replaceAll("(.{1,118})(?: +|$)", "$1\n  ").stripTrailing() + "\n";
    }

    private static String upstream() throws IOException {
        StringBuilder section = new StringBuilder("""

                # diffusers' own tests

                Its tests run a ramp of values through the model x t / (t + 1) and compare the sum of the absolute values, or their mean.
                `UpstreamSumsTest` holds 25 of them to upstream's sum, and those below, recorded with

                    python upstream_fixtures.py ../resources/sampler/upstream.json

                which first gets upstream's own number in upstream's own loop. Where that loop is no right use of a sampler (the last column
                says why), we are held to what the same scheduler gives in the right one. Vacuous are expectations that a state of zeros
                would meet.

                | test_scheduler_ | expected upstream | sum in the right loop | ours | upstream's loop |
                |---|---|---|---|---|
                """);
        for (JsonNode row : UpstreamSumsTest.recorded().get("rows")) {
            String kind = row.has("sum") ? "sum" : "mean";
            String loop = row.get("loop").asText();
            section.append(String.format(
                    Locale.ROOT,
                    "| %s | %s %s%s | %.2f | %.2f | %s |%n",
                    row.get("test").asText(),
                    kind,
                    row.get(kind).asText(),
                    row.get("vacuous").asBoolean() ? ", vacuous" : "",
                    row.get("right").asDouble(),
                    UpstreamSumsTest.sum(row),
                    loop.equals("right") ? "" : loop));
        }
        return section.append("""

                Left out: SA-Solver's test_full_loop_no_noise, which takes no seed, and the four of DPMSolverSDE, whose noise is torchsde's
                Brownian tree; its states are held to diffusers' with given noise in `KDiffusionParityTest`. Flow matching has no numeric
                test upstream.
                """).toString();
    }

    private static String options(JsonNode fixture) {
        List<String> options = new ArrayList<>();
        for (String part : List.of("config", "arguments")) {
            fixture.get(part).properties().forEach(entry -> {
                if (!entry.getKey().equals("_class_name")) {
                    options.add(
                            entry.getKey() + " " + entry.getValue().toString().replace("\"", ""));
                }
            });
        }
        return String.join(", ", options);
    }
}
