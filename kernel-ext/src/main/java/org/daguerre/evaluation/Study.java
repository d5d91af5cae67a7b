package org.daguerre.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.Request;
import org.daguerre.plot.Figure;
import org.daguerre.plot.IntervalPlot;
import org.daguerre.scene.Claim;
import org.daguerre.scene.Colour;
import org.daguerre.scene.Experiment;
import org.daguerre.scene.FullClaim;
import org.daguerre.scene.FullVerdict;
import org.daguerre.scene.GenEval;
import org.daguerre.scene.Group;
import org.daguerre.scene.Judge;
import org.daguerre.scene.Prompt;
import org.daguerre.scene.Prompts;
import org.daguerre.scene.Raster;
import org.daguerre.scene.Rate;
import org.daguerre.scene.Renderer;
import org.daguerre.scene.Scene;
import org.daguerre.scene.SceneSeries;
import org.daguerre.scene.Shape;
import org.daguerre.scene.Verdict;
import org.daguerre.tensor.Tensor;

/** An experiment on a model of trays. Each goes on where it was ended, see {@link Experiment}. */
public enum Study {
    /** GenEval's six tasks. */
    GENEVAL {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            List<GenEval> tasks = List.of(GenEval.values());
            List<List<Prompt>> asked =
                    tasks.stream().map(task -> Prompts.of(task, prompts, seed)).toList();
            return Plan.of(
                    names(tasks), prompts, (task, i) -> text(asked.get(task).get(i)), (task, i) -> {
                        Prompt prompt = asked.get(task).get(i);
                        Verdict verdict = judge(picture(settings, prompt), prompt.claim());
                        Map<String, Rate> rates = new LinkedHashMap<>();
                        rates.put("right", rate(tasks.get(task).right(verdict)));
                        rates.put(
                                "right by GenEval's rule", rate(tasks.get(task).rightByItsOwnRule(verdict)));
                        return new Experiment.Observed(rates, Map.of());
                    });
        }

        @Override
        Figure figure(Experiment experiment) {
            return rates("GenEval's tasks, asked of trays", "task", false, experiment);
        }

        @Override
        String remarks(Experiment experiment) {
            StringBuilder published = new StringBuilder(
                    "\"a star\" is right if it is one star; GenEval's rule excuses more than was asked for, in all tasks but"
                            + " counting. Published, of photographs of 80 classes, so not to be compared digit by digit"
                            + " (github.com/djghosh13/geneval, README):\n\n| | SD 1.5 | SDXL |\n|---|--:|--:|\n");
            for (GenEval task : GenEval.values()) {
                published.append(String.format(
                        Locale.ROOT, "| %s | %.2f | %.2f |\n", task, task.stableDiffusion15(), task.sdxl()));
            }
            return published.toString();
        }
    },

    /** How many objects it can count to, and how many its autoencoder leaves apart. */
    COUNTS {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            SceneSeries scenes = new SceneSeries(seed);
            List<Integer> counts = IntStream.rangeClosed(1, Group.MOST).boxed().toList();
            return Plan.of(
                    names(counts),
                    prompts,
                    (row, i) -> group(counts.get(row), i).text(),
                    (row, i) -> {
                        Claim claim = group(counts.get(row), i);
                        Verdict verdict = judge(picture(settings, claim, seed + i), claim);
                        Map<String, Rate> rates = new LinkedHashMap<>();
                        rates.put("model", rate(verdict.count()));
                        if (settings.model().vae().isPresent()) {
                            Raster drawn = Renderer.render(scenes.showing(claim, i * counts.size() + row));
                            Tensor through = settings.model()
                                    .decode(settings.model()
                                            .encode(Picture.of(drawn.width(), drawn.height(), drawn.pixels())
                                                    .toTensor()));
                            rates.put(
                                    "autoencoder",
                                    rate(judge(raster(Picture.of(through)), claim)
                                            .count()));
                        }
                        return new Experiment.Observed(rates, found(verdict));
                    });
        }

        private static Claim group(int count, int i) {
            return Claim.of(new Group(count, colour(i), shape(i)));
        }

        @Override
        Figure figure(Experiment experiment) {
            return rates("The number asked for is the number found", "objects asked for", true, experiment);
        }
    },

    /** Guidance scales from 1 to 20: adherence, diversity over seeds, saturation. */
    GUIDANCE {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            List<Double> scales = List.of(1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 20.0);
            List<Prompt> asked = Prompts.heldOut(prompts, seed);
            return Plan.of(names(scales), prompts, (row, i) -> text(asked.get(i)), (row, i) -> {
                Prompt prompt = asked.get(i);
                Request request = settings.guidance(scales.get(row)).prompt(text(prompt));
                Generation pictures = request.seed(prompt.seed())
                        .count(SEEDS_A_PROMPT)
                        .start()
                        .finish();
                return Pictures.observe(pictures, prompt.claim());
            });
        }

        @Override
        Figure figure(Experiment experiment) {
            return rates("Guidance", "w", true, experiment);
        }
    },

    /** Ten samplers with 2 to 32 steps. */
    SAMPLERS {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            List<String> samplers = List.of(
                    "ddim",
                    "ddpm",
                    "euler",
                    "euler-ancestral",
                    "heun",
                    "pndm",
                    "deis",
                    "dpmpp-2m",
                    "dpmpp-2m-sde",
                    "unipc");
            List<Prompt> asked = Prompts.heldOut(prompts, seed);
            List<String> conditions = samplers.stream()
                    .flatMap(sampler -> STEPS.stream().map(n -> sampler + ", " + n + " steps"))
                    .toList();
            return Plan.of(conditions, prompts, (row, i) -> text(asked.get(i)), (row, i) -> {
                Prompt prompt = asked.get(i);
                Generation made = settings.sampler(samplers.get(row / STEPS.size()))
                        .steps(STEPS.get(row % STEPS.size()))
                        .prompt(text(prompt))
                        .seed(prompt.seed())
                        .start()
                        .finish();
                Verdict verdict = judge(raster(made.picture()), prompt.claim());
                Map<String, Rate> rates = new LinkedHashMap<>();
                rates.put("all right", rate(verdict.right()));
                rates.put("colour with shape", rate(verdict.binding()));
                return new Experiment.Observed(
                        rates, Map.of("calls", (double) made.run().calls()));
            });
        }

        @Override
        Figure figure(Experiment experiment) {
            List<String> conditions = experiment.conditions();
            List<IntervalPlot.Panel> panels = new ArrayList<>();
            for (int row = 0; row < conditions.size(); row += STEPS.size()) {
                List<String> ofSampler = conditions.subList(row, row + STEPS.size());
                panels.add(new IntervalPlot.Panel(
                        ofSampler.get(0).replaceAll(",.*", ""),
                        experiment.rates().stream()
                                .map(name -> curve(experiment, name, ofSampler))
                                .toList()));
            }
            IntervalPlot.Conditions steps = new IntervalPlot.Conditions("steps", names(STEPS), true);
            return IntervalPlot.of("Ten samplers" + INTERVALS, steps, "share", panels, Theme.LIGHT);
        }
    },

    /** How much of the number of objects is the prompt's, and how much the seed's. */
    SHARES {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            List<Claim> asked = IntStream.rangeClosed(1, COUNTED)
                    .mapToObj(n -> Claim.of(new Group(n, Colour.RED, Shape.APPLE)))
                    .toList();
            List<String> conditions = asked.stream().map(Claim::text).toList();
            return Plan.of(conditions, prompts, (row, i) -> "seed " + (seed + i), (row, i) -> {
                Verdict verdict = judge(picture(settings, asked.get(row), seed + i), asked.get(row));
                return new Experiment.Observed(Map.of("count", rate(verdict.count())), found(verdict));
            });
        }

        @Override
        Figure figure(Experiment experiment) {
            List<IntervalPlot.Point> points = IntStream.range(
                            0, experiment.conditions().size())
                    .mapToObj(i -> {
                        return mean(experiment, i, experiment.conditions().get(i), "found");
                    })
                    .toList();
            return IntervalPlot.of(
                    "Objects found, mean over the seeds" + INTERVALS,
                    new IntervalPlot.Conditions("prompt", experiment.conditions(), true),
                    "objects",
                    List.of(new IntervalPlot.Panel("", List.of(new IntervalPlot.Curve("found", points)))),
                    Theme.LIGHT);
        }

        @Override
        String remarks(Experiment experiment) {
            List<double[]> found = experiment.conditions().stream()
                    .map(condition -> experiment.values(condition, "found").stream()
                            .mapToDouble(value -> value)
                            .toArray())
                    .toList();
            return VarianceShares.of(found).toString();
        }
    },

    /** Whether a picture that goes on changing late is one that goes wrong. */
    LATE_VARIANCE {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            List<Prompt> asked = Prompts.heldOut(prompts, seed);
            List<Experiment.Case> cases = asked.stream()
                    .map(prompt -> new Experiment.Case(prompt.kind().name().toLowerCase(Locale.ROOT), text(prompt)))
                    .toList();
            return new Plan(cases, i -> {
                Prompt prompt = asked.get(i);
                Generation made = settings.prompt(text(prompt))
                        .seed(prompt.seed())
                        .start()
                        .finish();
                boolean right = judge(raster(made.picture()), prompt.claim()).right();
                return new Experiment.Observed(
                        Map.of("all right", rate(right)),
                        Map.of(
                                "late variance",
                                Trajectories.lateVariance(made.run().steps())));
            });
        }

        @Override
        Figure figure(Experiment experiment) {
            List<Experiment.Observation> sorted = experiment.observations().stream()
                    .sorted(Comparator.comparing(line -> line.values().get("late variance")))
                    .toList();
            List<IntervalPlot.Point> points = new ArrayList<>();
            for (int fifth = 0; fifth < 5; fifth++) {
                List<Experiment.Observation> some =
                        sorted.subList(fifth * sorted.size() / 5, (fifth + 1) * sorted.size() / 5);
                int right = some.stream()
                        .mapToInt(line -> line.rates().get("all right").right())
                        .sum();
                if (!some.isEmpty()) {
                    points.add(point(fifth, new Rate(right, some.size())));
                }
            }
            return IntervalPlot.of(
                    "Pictures that are all right, by late variance" + INTERVALS,
                    new IntervalPlot.Conditions(
                            "pictures sorted by late variance",
                            List.of("lowest fifth", "second", "third", "fourth", "highest fifth"),
                            true),
                    "share",
                    List.of(new IntervalPlot.Panel("", List.of(new IntervalPlot.Curve("all right", points)))),
                    Theme.LIGHT);
        }

        @Override
        String remarks(Experiment experiment) {
            List<Double> wrong = new ArrayList<>(), right = new ArrayList<>();
            for (Experiment.Observation line : experiment.observations()) {
                boolean good = line.rates().get("all right").right() == 1;
                (good ? right : wrong).add(line.values().get("late variance"));
            }
            return Trajectories.detection(wrong, right);
        }
    },

    /** What a layer's map shows, and what the picture loses, when the layer's keys are set to zero. */
    KEYS {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            Ablation ablation = new Ablation(settings);
            List<String> layers = ablation.layers();
            List<String> conditions = new ArrayList<>(List.of("as trained"));
            conditions.addAll(layers);
            List<Prompt> asked = Prompts.heldOut(prompts, seed);
            Plan plan = Plan.of(conditions, prompts, (row, i) -> text(asked.get(i)), (row, i) -> {
                Prompt prompt = asked.get(i);
                return row == 0 ? ablation.trained(prompt) : ablation.zeroed(layers.get(row - 1), prompt);
            });
            return new Plan(plan.cases(), plan.observe(), ablation::close);
        }

        @Override
        Figure figure(Experiment experiment) {
            List<String> layers =
                    experiment.conditions().subList(1, experiment.conditions().size());
            List<IntervalPlot.Curve> curves = Stream.of(Ablation.AS_TRAINED, Ablation.ZEROED)
                    .map(name -> new IntervalPlot.Curve(
                            name,
                            IntStream.range(0, layers.size())
                                    .filter(i -> !experiment
                                            .values(layers.get(i), name)
                                            .isEmpty())
                                    .mapToObj(i -> mean(experiment, i, layers.get(i), name))
                                    .toList()))
                    .toList();
            List<String> numbers =
                    names(IntStream.rangeClosed(1, layers.size()).boxed().toList());
            return IntervalPlot.of(
                    "IoU of a layer's word maps with the objects" + INTERVALS,
                    new IntervalPlot.Conditions("cross-attention, from the first to the last", numbers, false),
                    "IoU",
                    List.of(new IntervalPlot.Panel("", curves)),
                    Theme.LIGHT);
        }
    },

    /** Whether things stand in the boxes that they were asked for in; beside it what other boxes, and none, would reach. */
    BOXES {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            List<Prompt> asked = Prompts.heldOut(prompts, seed);
            SceneSeries scenes = new SceneSeries(seed);
            List<String> conditions = List.of("these", "others", "none");
            return Plan.of(conditions, prompts, (row, i) -> text(asked.get(i)), (row, i) -> {
                Prompt prompt = asked.get(i);
                Placement these = Placement.of(scenes.showing(prompt.claim(), i));
                Placement others = Placement.of(scenes.showing(prompt.claim(), prompts + i));
                Request request = row == 2 ? settings : settings.boxes((row == 0 ? these : others).asked());
                return these.observe(Judge.find(picture(request, prompt)));
            });
        }

        @Override
        Figure figure(Experiment experiment) {
            return rates("What the boxes hold", "boxes asked for", false, experiment);
        }
    },

    /** What it helps to say all that there is to say: short and full captions of the same scenes. */
    CAPTIONS {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            List<Prompt> asked = Prompts.heldOut(prompts, seed);
            SceneSeries scenes = new SceneSeries(seed);
            return Plan.of(List.of("short", "full"), prompts, (row, i) -> text(asked.get(i)), (row, i) -> {
                Prompt prompt = asked.get(i);
                FullClaim all = FullClaim.of(scenes.showing(prompt.claim(), i));
                Raster picture = picture(settings, row == 0 ? text(prompt) : all.text(), prompt.seed());
                Verdict verdict = judge(picture, prompt.claim());
                FullVerdict full = FullVerdict.of(all, verdict.findings());
                Map<String, Rate> rates = new LinkedHashMap<>();
                rates.put("short caption right", rate(verdict.right()));
                rates.put("count", rate(verdict.count()));
                rates.put("colour with shape", rate(verdict.binding()));
                rates.put("object in its place", full.placed());
                rates.put("tray", rate(full.tray()));
                rates.put("cloth", rate(full.cloth()));
                return new Experiment.Observed(rates, Map.of());
            });
        }

        @Override
        Figure figure(Experiment experiment) {
            return rates("Short and full captions", "caption", false, experiment);
        }

        @Override
        String remarks(Experiment experiment) {
            return "Place, tray and cloth are those of the full caption; of the short one, which does not name them, their"
                    + " rates are chance.\n";
        }
    };

    static final int SEEDS_A_PROMPT = 4;
    static final int COUNTED = 6;

    private static final List<Integer> STEPS = List.of(2, 4, 8, 16, 32);
    private static final String INTERVALS = "; lines are 95 % intervals";

    /** What a study paints, how each of it is observed, and what is to be let go afterwards. */
    record Plan(List<Experiment.Case> cases, IntFunction<Experiment.Observed> observe, Runnable end) {

        Plan(List<Experiment.Case> cases, IntFunction<Experiment.Observed> observe) {
            this(cases, observe, () -> {});
        }

        /** Of a cell of a table: row is the condition, from 0, and i the prompt. */
        @FunctionalInterface
        interface Cell<T> {
            T at(int row, int i);
        }

        /** Every prompt under every condition. The first prompts come first: a longer run goes on with a shorter one. */
        static Plan of(List<String> conditions, int prompts, Cell<String> asked, Cell<Experiment.Observed> observe) {
            int rows = conditions.size();
            List<Experiment.Case> cases = IntStream.range(0, prompts * rows)
                    .mapToObj(k -> new Experiment.Case(conditions.get(k % rows), asked.at(k % rows, k / rows)))
                    .toList();
            return new Plan(cases, k -> observe.at(k % rows, k / rows));
        }
    }

    abstract Plan plan(Request settings, int prompts, long seed);

    /** The table drawn, with its intervals. */
    abstract Figure figure(Experiment experiment);

    /** What the table alone does not say; empty if nothing. */
    String remarks(Experiment experiment) {
        return "";
    }

    /** What came of a study: the table with its remarks, the same for programs, and drawn. */
    public record Outcome(String markdown, String json, Figure figure) {}

    /**
     * Paints and judges what has not been yet.
     *
     * @param settings the model, and all settings that the study does not vary
     * @param subject  names the model and these settings: observations of one subject are not taken for those of another
     * @param prompts  prompts under each condition, from 1; with more than an earlier run had, its observations are kept
     * @param seed     draws the prompts and start noise
     * @param file     the observations, a line each
     * @param done     told the share that is done, 0 to 1, after each
     */
    public Outcome run(Request settings, String subject, int prompts, long seed, Path file, Progress done)
            throws IOException {
        if (prompts < 1) {
            throw new IllegalArgumentException("--prompts is " + prompts + ". Give a number of prompts from 1 on.");
        }
        Plan plan = plan(settings, prompts, seed);
        int all = plan.cases.size();
        IntConsumer observed = n -> done.at(n, all);
        Experiment experiment;
        try {
            experiment =
                    Experiment.run(subject + ", " + this + ", seed " + seed, plan.cases, file, plan.observe, observed);
        } finally {
            plan.end.run();
        }
        String remarks = remarks(experiment);
        String page = experiment.subject() + "\n\n" + experiment.table() + (remarks.isEmpty() ? "" : "\n" + remarks);
        return new Outcome(page, experiment.json(), figure(experiment));
    }

    /** Who is told how far a study is. */
    @FunctionalInterface
    public interface Progress {
        void at(int done, int all);
    }

    private static String text(Prompt prompt) {
        return prompt.caption().text();
    }

    private static List<String> names(List<?> conditions) {
        return conditions.stream().map(Object::toString).toList();
    }

    private static Raster picture(Request settings, Prompt prompt) {
        return picture(settings, text(prompt), prompt.seed());
    }

    private static Raster picture(Request settings, Claim claim, long seed) {
        return picture(settings, claim.text(), seed);
    }

    private static Raster picture(Request settings, String prompt, long seed) {
        return raster(settings.prompt(prompt).seed(seed).start().finish().picture());
    }

    /** As the judge reads it: a smaller picture is enlarged. */
    static Raster raster(Picture picture) {
        Picture read = picture.enlargedWithin(Scene.SIZE);
        return Raster.of(read.width(), read.height(), read.pixels());
    }

    static Verdict judge(Raster picture, Claim claim) {
        return Judge.judge(picture, claim);
    }

    static Rate rate(boolean right) {
        return new Rate(right ? 1 : 0, 1);
    }

    private static Map<String, Double> found(Verdict verdict) {
        return Map.of("found", (double) verdict.findings().objects().size());
    }

    /** All rates under all conditions. */
    private static Figure rates(String title, String xTitle, boolean joined, Experiment experiment) {
        List<IntervalPlot.Curve> curves = experiment.rates().stream()
                .map(name -> curve(experiment, name, experiment.conditions()))
                .toList();
        return IntervalPlot.of(
                title + INTERVALS,
                new IntervalPlot.Conditions(xTitle, experiment.conditions(), joined),
                "share",
                List.of(new IntervalPlot.Panel("", curves)),
                Theme.LIGHT);
    }

    private static IntervalPlot.Curve curve(Experiment experiment, String name, List<String> conditions) {
        return new IntervalPlot.Curve(
                name,
                IntStream.range(0, conditions.size())
                        .mapToObj(i -> point(i, experiment.rate(conditions.get(i), name)))
                        .toList());
    }

    private static IntervalPlot.Point mean(Experiment experiment, int place, String condition, String name) {
        double mean = experiment.mean(condition, name), reach = experiment.reach(condition, name);
        return new IntervalPlot.Point(place, mean, mean - reach, mean + reach);
    }

    private static IntervalPlot.Point point(int condition, Rate rate) {
        return new IntervalPlot.Point(condition, rate.value(), rate.low(), rate.high());
    }

    private static Colour colour(int i) {
        return Colour.values()[i % Colour.values().length];
    }

    private static Shape shape(int i) {
        return Shape.values()[i / Colour.values().length % Shape.values().length];
    }

    /** Its name, as {@code --study} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
