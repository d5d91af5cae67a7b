package org.daguerre.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.daguerre.image.Picture;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.Request;
import org.daguerre.scene.Claim;
import org.daguerre.scene.Colour;
import org.daguerre.scene.Experiment;
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
            List<Prompt> asked = new ArrayList<>();
            List<Experiment.Case> cases = new ArrayList<>();
            for (GenEval task : GenEval.values()) {
                for (Prompt prompt : Prompts.of(task, prompts, seed)) {
                    asked.add(prompt);
                    cases.add(new Experiment.Case(task.toString(), text(prompt)));
                }
            }
            return new Plan(cases, i -> {
                GenEval task = GenEval.values()[i / prompts];
                boolean right = task.right(
                        judge(picture(settings, asked.get(i)), asked.get(i).claim()));
                return observed("right", right);
            });
        }

        @Override
        String remarks(Experiment experiment) {
            StringBuilder published = new StringBuilder(
                    "Published, of photographs of 80 classes looked at by a detector, so not to be compared digit by digit"
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
            List<Claim> asked = new ArrayList<>();
            List<Experiment.Case> cases = new ArrayList<>();
            for (int n = 1; n <= Group.MOST; n++) {
                for (int i = 0; i < prompts; i++) {
                    Claim claim = Claim.of(new Group(n, colour(i), shape(i)));
                    asked.add(claim);
                    cases.add(new Experiment.Case(Integer.toString(n), claim.text()));
                }
            }
            return new Plan(cases, i -> {
                Claim claim = asked.get(i);
                Raster painted = raster(settings.prompt(claim.text())
                        .seed(seed + i % prompts)
                        .start()
                        .finish()
                        .picture());
                Verdict verdict = judge(painted, claim);
                Map<String, Rate> rates = new LinkedHashMap<>();
                rates.put("model", rate(verdict.count()));
                if (settings.model().vae().isPresent()) {
                    Raster drawn = Renderer.render(scenes.showing(claim, i));
                    Tensor through = settings.model()
                            .decode(settings.model()
                                    .encode(Picture.of(drawn.width(), drawn.height(), drawn.pixels())
                                            .toTensor()));
                    rates.put(
                            "autoencoder",
                            rate(judge(raster(Picture.of(through)), claim).count()));
                }
                return new Experiment.Observed(rates, Map.of("found", (double)
                        verdict.findings().objects().size()));
            });
        }
    },

    /** Guidance scales from 1 to 20: adherence, diversity over seeds, saturation. */
    GUIDANCE {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            double[] scales = {1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20};
            List<Prompt> asked = Prompts.heldOut(prompts, seed);
            List<Experiment.Case> cases = new ArrayList<>();
            for (double scale : scales) {
                asked.forEach(prompt -> cases.add(new Experiment.Case("w = " + scale, text(prompt))));
            }
            return new Plan(cases, i -> {
                Prompt prompt = asked.get(i % prompts);
                Request request = settings.guidance(scales[i / prompts]).prompt(text(prompt));
                Generation pictures = request.seed(prompt.seed())
                        .count(SEEDS_A_PROMPT)
                        .start()
                        .finish();
                return Pictures.observe(pictures, prompt.claim());
            });
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
            int[] steps = {2, 4, 8, 16, 32};
            List<Prompt> asked = Prompts.heldOut(prompts, seed);
            List<Experiment.Case> cases = new ArrayList<>();
            for (String sampler : samplers) {
                for (int n : steps) {
                    asked.forEach(
                            prompt -> cases.add(new Experiment.Case(sampler + ", " + n + " steps", text(prompt))));
                }
            }
            return new Plan(cases, i -> {
                Prompt prompt = asked.get(i % prompts);
                int row = i / prompts;
                Generation made = settings.sampler(samplers.get(row / steps.length))
                        .steps(steps[row % steps.length])
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
    },

    /** How much of the number of objects is the prompt's, and how much the seed's. */
    SHARES {
        @Override
        Plan plan(Request settings, int prompts, long seed) {
            List<Experiment.Case> cases = new ArrayList<>();
            List<Claim> asked = new ArrayList<>();
            for (int n = 1; n <= COUNTED; n++) {
                for (int i = 0; i < prompts; i++) {
                    Claim claim = Claim.of(new Group(n, Colour.RED, Shape.APPLE));
                    asked.add(claim);
                    cases.add(new Experiment.Case(claim.text(), "seed " + (seed + i)));
                }
            }
            return new Plan(cases, i -> {
                Raster painted = raster(settings.prompt(asked.get(i).text())
                        .seed(seed + i % prompts)
                        .start()
                        .finish()
                        .picture());
                Verdict verdict = judge(painted, asked.get(i));
                return new Experiment.Observed(Map.of("count", rate(verdict.count())), Map.of("found", (double)
                        verdict.findings().objects().size()));
            });
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
        String remarks(Experiment experiment) {
            List<Double> wrong = new ArrayList<>(), right = new ArrayList<>();
            for (Experiment.Observation line : experiment.observations()) {
                boolean good = line.rates().get("all right").right() == 1;
                (good ? right : wrong).add(line.values().get("late variance"));
            }
            return Trajectories.detection(wrong, right);
        }
    };

    static final int SEEDS_A_PROMPT = 4;
    static final int COUNTED = 6;

    /** What a study paints, and how each of it is observed. */
    record Plan(List<Experiment.Case> cases, IntFunction<Experiment.Observed> observe) {}

    abstract Plan plan(Request settings, int prompts, long seed);

    /** What the table alone does not say; empty if nothing. */
    String remarks(Experiment experiment) {
        return "";
    }

    /** What came of a study: the table with its remarks, and the same for programs. */
    public record Outcome(String markdown, String json) {}

    /**
     * Paints and judges what has not been yet.
     *
     * @param settings the model, and all settings that the study does not vary
     * @param subject  names the model and these settings: observations of one subject are not taken for those of another
     * @param prompts  prompts under each condition, from 1
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
        Experiment experiment =
                Experiment.run(subject + ", " + this + ", seed " + seed, plan.cases, file, plan.observe, observed);
        String remarks = remarks(experiment);
        String page = experiment.subject() + "\n\n" + experiment.table() + (remarks.isEmpty() ? "" : "\n" + remarks);
        return new Outcome(page, experiment.json());
    }

    /** Who is told how far a study is. */
    @FunctionalInterface
    public interface Progress {
        void at(int done, int all);
    }

    private static String text(Prompt prompt) {
        return prompt.caption().text();
    }

    private static Raster picture(Request settings, Prompt prompt) {
        return raster(settings.prompt(text(prompt))
                .seed(prompt.seed())
                .start()
                .finish()
                .picture());
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

    private static Experiment.Observed observed(String name, boolean right) {
        return new Experiment.Observed(Map.of(name, rate(right)), Map.of());
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
