package org.daguerre.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.guidance.Guidance;
import org.daguerre.name.Names;
import org.daguerre.run.Run;
import org.daguerre.run.Sampling;
import org.daguerre.sampler.Sampler;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.Tokens;

/**
 * A wish for pictures: {@code model.prompt("three red apples on a tray").steps(30).guidance(3).seed(7).start()}. Immutable;
 * every method returns a changed copy.
 *
 * @param model the model
 * @param prompt what to show
 * @param negative what guidance leads away from; "" is the empty prompt
 * @param steps number of steps
 * @param guidance how the two are combined
 * @param seed the seed of the first picture; the next has the next seed
 * @param count number of pictures
 * @param sampling sampler, schedule and spacing, with the model's own as the default
 */
public record Request(
        Model model,
        String prompt,
        String negative,
        int steps,
        Guidance guidance,
        long seed,
        int count,
        Choice sampling) {

    /** The steps of a request that sets none. */
    public static final int DEFAULT_STEPS = 30;

    /** The guidance scale of a request that sets none. */
    public static final double DEFAULT_GUIDANCE = 3;

    static final int MAX_COUNT = 64;
    static final int MAX_PIXELS = 4096;
    private static final int SHOWN = 300;

    /** Sampler, schedule and state: the model's own, changed by what was asked for. */
    record Choice(Scheduler scheduler, Sampler sampler, NoiseSchedule schedule, int height, int width) {}

    public Request {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negative, "negative");
        Objects.requireNonNull(guidance, "guidance");
        int most = model.scheduler().schedule().numTrainTimesteps();
        if (steps < 1 || steps > most) {
            throw new IllegalArgumentException("steps is " + steps + ". Give 1 to " + most + ", usually 20 to 50.");
        }
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException("count is " + count + ". Give 1 to " + MAX_COUNT + ".");
        }
    }

    static Request of(Model model, String prompt) {
        int[] shape = model.shape();
        return new Request(
                model,
                prompt,
                "",
                DEFAULT_STEPS,
                Guidance.scale(DEFAULT_GUIDANCE),
                0,
                1,
                new Choice(model.schedulerJson(), null, null, shape[2], shape[3]));
    }

    public Request prompt(String prompt) {
        return new Request(model, prompt, negative, steps, guidance, seed, count, sampling);
    }

    /** What guidance leads away from. */
    public Request negative(String negative) {
        return new Request(model, prompt, negative, steps, guidance, seed, count, sampling);
    }

    /** Number of steps, 1 to the model's training timesteps; 30 unless set. */
    public Request steps(int steps) {
        return new Request(model, prompt, negative, steps, guidance, seed, count, sampling);
    }

    /** The w of uncond + w (cond - uncond); 1 is no guidance, 3 unless set. */
    public Request guidance(double guidanceScale) {
        return guidance(Guidance.scale(guidanceScale));
    }

    /** Another guidance rule. */
    public Request guidance(Guidance guidance) {
        return new Request(model, prompt, negative, steps, guidance, seed, count, sampling);
    }

    /** The seed of the first picture, 0 unless set. */
    public Request seed(long seed) {
        return new Request(model, prompt, negative, steps, guidance, seed, count, sampling);
    }

    /** Number of pictures, 1 to 64, with the seeds seed, seed + 1, ... */
    public Request count(int count) {
        return new Request(model, prompt, negative, steps, guidance, seed, count, sampling);
    }

    /** The sampler of a standard name, with the options of the model's scheduler_config.json. */
    public Request sampler(String name) {
        return with(
                new Choice(sampling.scheduler.sampler(name), null, sampling.schedule, sampling.height, sampling.width));
    }

    /** One's own sampler, on the timesteps of the model's scheduler. */
    public Request sampler(Sampler sampler) {
        return with(new Choice(sampling.scheduler, sampler, sampling.schedule, sampling.height, sampling.width));
    }

    /** linear, scaled_linear, cosine or sigmoid, over the model's own range of betas. */
    public Request schedule(String name) {
        return with(
                new Choice(sampling.scheduler.schedule(name), sampling.sampler, null, sampling.height, sampling.width));
    }

    /** One's own noise schedule. */
    public Request schedule(NoiseSchedule schedule) {
        return with(new Choice(sampling.scheduler, sampling.sampler, schedule, sampling.height, sampling.width));
    }

    /** leading, trailing or linspace timesteps, or noise levels on a karras, exponential, beta or lu ladder. */
    public Request spacing(String name) {
        return with(new Choice(
                sampling.scheduler.spacing(name),
                sampling.sampler,
                sampling.schedule,
                sampling.height,
                sampling.width));
    }

    /** Height and width of the picture in pixels; the model's own unless set. */
    public Request size(int height, int width) {
        int scale = model.scale();
        int[] own = model.shape();
        boolean fixed = model.unet().height() > 0;
        boolean fits = fixed
                ? height == own[2] * scale && width == own[3] * scale
                : height >= 8 * scale && width >= 8 * scale && height % (8 * scale) == 0 && width % (8 * scale) == 0;
        if (!fits || height > MAX_PIXELS || width > MAX_PIXELS) {
            throw new IllegalArgumentException("size is " + height + " x " + width + ". "
                    + (fixed
                            ? "Model '" + model.name() + "' makes " + own[2] * scale + " x " + own[3] * scale + " only."
                            : "Give multiples of " + 8 * scale + ", up to " + MAX_PIXELS + "."));
        }
        return with(new Choice(sampling.scheduler, sampling.sampler, sampling.schedule, height / scale, width / scale));
    }

    private Request with(Choice sampling) {
        return new Request(model, prompt, negative, steps, guidance, seed, count, sampling);
    }

    /** The prompt as the text encoder will read it, with unknown and dropped words. */
    public Tokens tokens() {
        return model.tokens(prompt);
    }

    /** The same as the core understands it: all that decides the first picture. */
    public Sampling toSampling() {
        return toSampling(model.denoiser(prompt, negative));
    }

    private Sampling toSampling(ConditionalDenoiser denoiser) {
        var config = sampling.scheduler.checked().config();
        NoiseSchedule schedule = sampling.schedule == null ? config.schedule() : sampling.schedule;
        Sampler sampler = sampling.sampler == null ? config.sampler() : sampling.sampler;
        return Sampling.of(denoiser, schedule, 1, model.shape()[1], sampling.height, sampling.width)
                .sampler(sampler)
                .spacing(config.sampler().spacing())
                .guidance(guidance)
                .steps(steps)
                .seed(seed);
    }

    /** The runs at their first step. */
    public Generation start() {
        Tensor promptEmbeds = model.promptEmbeds(prompt);
        Sampling first = toSampling();
        List<Run> runs = new ArrayList<>(first.start(count));
        return new Generation(this, promptEmbeds, runs);
    }

    @Override
    public String toString() {
        return shown(prompt) + (negative.isEmpty() ? "" : ", not " + shown(negative)) + ", " + steps
                + " steps, " + guidance + ", seed " + seed + (count == 1 ? "" : " to " + (seed + count - 1))
                + ", model " + model.name();
    }

    private static String shown(String prompt) {
        return prompt.length() <= SHOWN ? "\"" + prompt + "\"" : Names.quoted(prompt);
    }
}
