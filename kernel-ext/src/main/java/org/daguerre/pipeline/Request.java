package org.daguerre.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daguerre.backbone.Conditioning;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.guidance.ClassifierFreeGuidance;
import org.daguerre.guidance.Guidance;
import org.daguerre.image.Picture;
import org.daguerre.name.Names;
import org.daguerre.run.Comparison;
import org.daguerre.run.Grid;
import org.daguerre.run.Run;
import org.daguerre.run.Sampling;
import org.daguerre.sampler.Ddim;
import org.daguerre.sampler.DdimInverse;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.Tokens;
import org.daguerre.vae.Vae;

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
                new Choice(
                        model.schedulerJson(),
                        null,
                        null,
                        null,
                        null,
                        shape[2],
                        shape[3],
                        Origin.NOISE,
                        null,
                        List.of()));
    }

    /** The same wish of another model, with its own sampler, schedule, spacing and size. */
    public Request model(Model model) {
        return of(model, prompt)
                .negative(negative)
                .steps(steps)
                .guidance(guidance)
                .seed(seed)
                .count(count)
                .boxes(sampling.boxes());
    }

    /** Another prompt, in the notation of {@link org.daguerre.text.WeightedPrompt}. */
    public Request prompt(String prompt) {
        return new Request(model, prompt, negative, steps, guidance, seed, count, sampling.told(null));
    }

    /**
     * What the network is told instead of the prompt, which remains as a name: such as {@code
     * model.conditioning("a red ball").slerp(model.conditioning("a blue cube"), 0.5)}.
     *
     * @throws IllegalArgumentException if the model does not take such values
     */
    public Request conditioning(Conditioning conditioning) {
        model.backbone().require(conditioning);
        return with(sampling.told(new Choice.Told(request -> conditioning, "a conditioning that was given")));
    }

    /**
     * What lies between this prompt and another, in what the network is told of them: {@link Conditioning#lerp}.
     *
     * @param fraction 0 is this prompt, 1 the other; beyond them lies more of the same
     */
    public Request towards(String other, double fraction) {
        if (!Double.isFinite(fraction)) {
            throw new IllegalArgumentException(
                    "fraction is " + fraction + ". Give a number, 0 for this prompt to 1 for the other.");
        }
        return with(sampling.told(new Choice.Told(
                request -> request.conditioning(prompt).lerp(request.conditioning(other), fraction),
                fraction + " of the way to " + shown(other))));
    }

    /** {@link #boxes(List)}. */
    public Request boxes(Box... boxes) {
        return boxes(List.of(boxes));
    }

    /**
     * Where things shall stand, for models that read boxes; the prompt remains.
     *
     * @throws IllegalArgumentException if the model reads none, or fewer
     */
    public Request boxes(List<Box> boxes) {
        model.requireBoxes(boxes);
        return with(sampling.boxes(List.copyOf(boxes)));
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
        return with(sampling.scheduler(sampling.scheduler().sampler(name)).sampler(null));
    }

    /** One's own sampler, on the timesteps of the model's scheduler. */
    public Request sampler(Sampler sampler) {
        return with(sampling.sampler(sampler));
    }

    /** linear, scaled_linear, cosine, sigmoid, laplace or exp, over the model's own range of betas where it has one. */
    public Request schedule(String name) {
        return with(sampling.scheduler(sampling.scheduler().schedule(name)).schedule(null));
    }

    /** One's own noise schedule. */
    public Request schedule(NoiseSchedule schedule) {
        return with(sampling.schedule(schedule));
    }

    /** leading, trailing or linspace timesteps, noise levels on a karras, exponential, beta or lu ladder, or ays steps. */
    public Request spacing(String name) {
        return with(sampling.scheduler(sampling.scheduler().spacing(name)).spacing(null));
    }

    /** One's own timesteps. */
    public Request spacing(Spacing spacing) {
        return with(sampling.spacing(usual -> spacing));
    }

    /** The usual start and end, with the noise levels between them on one's own ladder. */
    public Request spacing(Ladder ladder) {
        return with(sampling.spacing(usual -> usual.on(ladder)));
    }

    /** What the network's output is read as, whatever scheduler_config.json says. */
    public Request prediction(PredictionType type) {
        return with(sampling.prediction(type));
    }

    /** Height and width of the picture in pixels; the model's own unless set. */
    public Request size(int height, int width) {
        int scale = model.scale();
        int[] own = model.shape();
        boolean fixed = model.fixedSize();
        boolean fits = fixed
                ? height == own[2] * scale && width == own[3] * scale
                : height >= 8 * scale && width >= 8 * scale && height % (8 * scale) == 0 && width % (8 * scale) == 0;
        if (!fits || height > MAX_PIXELS || width > MAX_PIXELS) {
            throw new IllegalArgumentException("size is " + height + " x " + width + ". "
                    + (fixed
                            ? "Model '" + model.name() + "' makes " + own[2] * scale + " x " + own[3] * scale + " only."
                            : "Give multiples of " + 8 * scale + ", up to " + MAX_PIXELS + "."));
        }
        return with(sampling.size(height / scale, width / scale));
    }

    private Request with(Choice sampling) {
        return new Request(model, prompt, negative, steps, guidance, seed, count, sampling);
    }

    /**
     * A picture to start from, instead of noise: as much of its way to noise as {@link #strength} says, and back under the
     * prompt. A model that makes pictures of any size makes this one's.
     *
     * @throws IllegalArgumentException if the model cannot make a picture of this size, or another was asked for
     * @throws IllegalStateException if the model has no encoder
     */
    public Request image(Picture image) {
        model.vae().ifPresent(Vae::requireEncoder);
        int[] own = model.shape();
        boolean usual = sampling.height() == own[2] && sampling.width() == own[3];
        boolean free = usual && !model.fixedSize();
        Request sized = free ? size(image.height(), image.width()) : this;
        Origin origin = sampling.origin().image(image);
        origin.checkImage(sized.sampling.height() * model.scale(), sized.sampling.width() * model.scale());
        return with(sized.sampling.origin(origin));
    }

    /** The part of the steps that is made on a picture, above 0 (as it is) to 1 (nothing of it is left); 0.8 unless set. */
    public Request strength(double strength) {
        return with(sampling.origin(sampling.origin().strength(strength)));
    }

    /** Which part of the picture is made anew: white is, black is kept; of the picture's size. */
    public Request mask(Picture mask) {
        return with(sampling.origin(sampling.origin().mask(mask)));
    }

    /**
     * The noise to start from, {@code [1, channels, height, width]}, standard normal as drawn: between two of them lie others,
     * {@code a.slerp(b, 0.5)}. Every picture of the count starts from it.
     */
    public Request latents(Tensor latents) {
        Origin origin = sampling.origin().latents(latents);
        origin.checkLatents(shape());
        return with(sampling.origin(origin));
    }

    /** Of the state, {@code [1, channels, height, width]}. */
    private int[] shape() {
        return new int[] {1, model.shape()[1], sampling.height(), sampling.width()};
    }

    /**
     * DDIM inversion: this request starting from the noise that leads to its image. Noise is found by {@link DdimInverse} in as
     * many steps as this request has, under its prompt, and DDIM without guidance leads back, the closer the more steps; with
     * another prompt it leads to the picture changed.
     *
     * @throws IllegalStateException if there is no image
     * @throws IllegalArgumentException if there is a mask, strength or noise besides
     */
    public Request inverted() {
        Picture image = sampling.origin().inverted();
        Sampler inverse = new DdimInverse();
        Request plain = guidance(1).with(sampling.origin(Origin.NOISE));
        Sampling up = plain.toSampling().sampler(inverse);
        Plan plan = up.plan();
        Tensor x0 = model.encode(image.toTensor());
        Tensor noise = up.start(Trajectory.start(plan, 0, x0, Noise.seed(seed))).finish();
        return plain.sampler(new Ddim())
                .spacing(new DdimSpacing(TimestepSpacing.LEADING, 0, true, true))
                .latents(noise);
    }

    /**
     * This request from the noise that leads to an image: {@link #inverted()} under a prompt that describes the image, then this
     * prompt and guidance.
     */
    public Request inverted(Picture image, String source) {
        Choice back = prompt(source).image(image).inverted().sampling;
        return with(back.told(sampling.told()));
    }

    /** The prompt as the text encoder will read it, with unknown and dropped words. */
    public Tokens tokens() {
        return model.tokens(prompt);
    }

    /** The same as the core understands it: all that decides the first picture. */
    public Sampling toSampling() {
        return toSampling(conditioning());
    }

    /** What the network is told. */
    Conditioning conditioning() {
        return sampling.told() == null
                ? conditioning(prompt)
                : sampling.told().of().apply(this);
    }

    private Conditioning conditioning(String text) {
        return model.conditioning(
                text, sampling.boxes(), sampling.height() * model.scale(), sampling.width() * model.scale());
    }

    private ConditionalDenoiser denoiser(Conditioning conditioning) {
        Map<String, Conditioning> branches = Map.of(
                ConditionalDenoiser.COND,
                conditioning,
                ConditionalDenoiser.UNCOND,
                model.conditioningAway(negative, sampling.height() * model.scale(), sampling.width() * model.scale()));
        return sampling.prediction() == null
                ? model.backbone().under(branches)
                : model.backbone().under(branches, sampling.prediction());
    }

    private Sampling toSampling(Conditioning conditioning) {
        var config = sampling.scheduler().checked().config();
        NoiseSchedule schedule = sampling.schedule() == null ? config.schedule() : sampling.schedule();
        Sampler sampler = sampling.sampler() == null ? config.sampler() : sampling.sampler();
        Spacing usual = model.spacing(config.sampler().spacing());
        return Sampling.of(denoiser(conditioning), schedule, 1, model.shape()[1], sampling.height(), sampling.width())
                .sampler(sampler)
                .spacing(sampling.spacing() == null ? usual : sampling.spacing().apply(usual))
                .guidance(guidance)
                .steps(steps)
                .seed(seed);
    }

    /**
     * Requests on a grid around this one, each for one picture, to be seen side by side: {@code request.compare(grid ->
     * grid.axis("sampler", List.of("ddim", "heun"), Request::sampler).axis("steps", List.of(5, 10), Request::steps))}. The
     * axes are called as in {@code %compare}: sampler, steps, guidance, schedule, spacing, seed, model.
     */
    public Comparison compare(UnaryOperator<Grid<Request>> axes) {
        return Comparison.of(
                axes.apply(Grid.of(count(1))).points().stream()
                        .map(point -> {
                            Request request = point.settings();
                            return new Comparison.Entry(
                                    point.at(), request.start().run(), request.model::decode);
                        })
                        .toList(),
                Comparison.REFERENCE_STEPS);
    }

    /** The runs at their first step. */
    public Generation start() {
        requireRoomForNegative();
        Conditioning conditioning = conditioning();
        Sampling first = toSampling(conditioning);
        requireFallingNoise(first.plan());
        Origin origin = sampling.origin();
        origin.check(shape(), model.scale(), steps);
        List<Run> runs = IntStream.range(0, count)
                .mapToObj(k -> origin.start(model, first.seed(seed + k)))
                .toList();
        return new Generation(this, conditioning, runs);
    }

    private void requireRoomForNegative() {
        boolean asked = guidance instanceof ClassifierFreeGuidance;
        if (!negative.isEmpty() && asked && model.backbone().guidanceDistilled()) {
            throw new IllegalArgumentException("negative is " + Names.quoted(negative) + ", and model '" + model.name()
                    + "' was distilled under guidance and is not asked about it. Leave the negative prompt out.");
        }
    }

    /** One's own schedule, spacing or ladder may rise. */
    private static void requireFallingNoise(Plan plan) {
        for (int i = 0; i < plan.count(); i++) {
            Level from = plan.from(i);
            Level to = plan.to(i);
            if (!(to.ratio() <= from.ratio())) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "step %d leads from less noise to more, sigma / alpha %.4g at t %.4g to %.4g at t %.4g."
                                + " Give a schedule whose noise grows with t.",
                        i + 1,
                        from.ratio(),
                        from.t(),
                        to.ratio(),
                        to.t()));
            }
        }
    }

    @Override
    public String toString() {
        return shown(prompt) + (negative.isEmpty() ? "" : ", not " + shown(negative)) + ", " + steps
                + " steps, " + guidance + ", seed " + seed + (count == 1 ? "" : " to " + (seed + count - 1))
                + (sampling.told() == null ? "" : ", " + sampling.told().how())
                + (sampling.boxes().isEmpty() ? "" : ", boxes " + boxText())
                + (sampling.origin().equals(Origin.NOISE) ? "" : ", " + sampling.origin()) + ", model " + model.name();
    }

    /** The boxes as they are written, parted by semicolons. */
    String boxText() {
        return sampling.boxes().stream().map(Box::toString).collect(Collectors.joining("; "));
    }

    private static String shown(String prompt) {
        return prompt.length() <= SHOWN ? "\"" + prompt + "\"" : Names.quoted(prompt);
    }
}
