package org.daguerre.run;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.guidance.Guidance;
import org.daguerre.sampler.Ddim;
import org.daguerre.sampler.Edit;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.tensor.Noise;

/**
 * All that decides a picture: model, guidance, sampler, schedule, spacing, steps, shape, seed and edits. Immutable; {@code
 * sampling.steps(30).seed(7).start()} begins a {@link Run}.
 *
 * @param model what is asked
 * @param schedule the noise schedule the model was trained with
 * @param shape the shape of the state, {@code [1, channels, height, width]}
 * @param sampler the algorithm
 * @param guidance how the model's branches are combined
 * @param spacing the timesteps; the sampler's own unless set
 * @param steps number of steps, 1 or more
 * @param seed the seed of the noise
 * @param edits changes made to the state after every step, in order
 */
public record Sampling(
        ConditionalDenoiser model,
        NoiseSchedule schedule,
        int[] shape,
        Sampler sampler,
        Guidance guidance,
        Spacing spacing,
        int steps,
        long seed,
        List<Edit> edits) {

    static final int MAX_STEPS = 1_000_000;

    public Sampling {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(sampler, "sampler");
        Objects.requireNonNull(guidance, "guidance");
        Objects.requireNonNull(spacing, "spacing");
        shape = shape.clone();
        edits = List.copyOf(edits);
        if (steps < 1 || steps > MAX_STEPS) {
            throw new IllegalArgumentException(
                    "steps is " + steps + ". Give 1 to " + MAX_STEPS + ", usually 20 to 50.");
        }
    }

    /** 30 steps of DDIM with seed 0, no guidance and no edits. */
    public static Sampling of(ConditionalDenoiser model, NoiseSchedule schedule, int... shape) {
        Sampler sampler = new Ddim();
        return new Sampling(model, schedule, shape, sampler, Guidance.NONE, sampler.spacing(), 30, 0, List.of());
    }

    /** The same for a model without conditions. */
    public static Sampling of(Denoiser model, NoiseSchedule schedule, int... shape) {
        return of(ConditionalDenoiser.of(model), schedule, shape);
    }

    public Sampling model(ConditionalDenoiser model) {
        return new Sampling(model, schedule, shape, sampler, guidance, spacing, steps, seed, edits);
    }

    /** Another sampler with its own spacing. */
    public Sampling sampler(Sampler sampler) {
        if (sampler == null) {
            throw new IllegalArgumentException("sampler is null. Give one, such as Sampler.named(\"heun\").");
        }
        Spacing own;
        try {
            own = sampler.spacing();
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            throw Watched.explained("sampler '" + sampler + "' in spacing", e);
        }
        if (own == null) {
            throw new IllegalStateException("spacing of sampler '" + sampler + "' is null. Return a Spacing.");
        }
        return new Sampling(model, schedule, shape, sampler, guidance, own, steps, seed, edits);
    }

    public Sampling schedule(NoiseSchedule schedule) {
        return new Sampling(model, schedule, shape, sampler, guidance, spacing, steps, seed, edits);
    }

    /** Classifier-free guidance of a scale: the w of uncond + w (cond - uncond); 1 is no guidance. */
    public Sampling guidance(double guidanceScale) {
        return guidance(Guidance.scale(guidanceScale));
    }

    /** Another guidance rule. */
    public Sampling guidance(Guidance guidance) {
        return new Sampling(model, schedule, shape, sampler, guidance, spacing, steps, seed, edits);
    }

    public Sampling spacing(Spacing spacing) {
        return new Sampling(model, schedule, shape, sampler, guidance, spacing, steps, seed, edits);
    }

    public Sampling steps(int steps) {
        return new Sampling(model, schedule, shape, sampler, guidance, spacing, steps, seed, edits);
    }

    public Sampling seed(long seed) {
        return new Sampling(model, schedule, shape, sampler, guidance, spacing, steps, seed, edits);
    }

    public Sampling edits(Edit... edits) {
        return new Sampling(model, schedule, shape, sampler, guidance, spacing, steps, seed, List.of(edits));
    }

    @Override
    public int[] shape() {
        return shape.clone();
    }

    /** All levels of the run. */
    public Plan plan() {
        schedule.growing();
        Plan plan;
        try {
            plan = spacing.forShape(shape).plan(schedule, steps);
        } catch (RuntimeException | StackOverflowError | AssertionError e) { // one's own spacing may err
            throw Watched.explained("spacing '" + spacing + "'", e);
        }
        if (plan == null) {
            throw new IllegalStateException("spacing '" + spacing + "' gave no plan, null. Return a Plan.");
        }
        return plan;
    }

    /** A run at its first step. */
    public Run start() {
        return start(Trajectory.start(plan(), Noise.seed(seed), shape));
    }

    /** A run that goes on from a given trajectory: a noised picture, an inversion. */
    public Run start(Trajectory from) {
        return new Run(this, from);
    }

    /** Runs of the seeds seed .. seed + count - 1, each equal to the run of its seed alone. */
    public List<Run> start(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count is " + count + ". Give 1 or more.");
        }
        return IntStream.range(0, count).mapToObj(k -> seed(seed + k).start()).toList();
    }

    @Override
    public String toString() {
        return sampler + ", " + steps + " steps, " + guidance + ", seed " + seed + ", shape " + Arrays.toString(shape)
                + ", " + schedule;
    }
}
