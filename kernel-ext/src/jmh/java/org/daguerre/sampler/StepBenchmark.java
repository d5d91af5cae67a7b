package org.daguerre.sampler;

import java.util.concurrent.TimeUnit;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one step costs beside its calls of the model, on latents of 512 x 512 pixels: step 11 of 20, where a method of many
 * steps remembers all that it does, with a model that answers at once. steps.py runs it beside diffusers.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 12, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class StepBenchmark {

    private static final int[] SHAPE = {1, 4, 64, 64};

    @Param
    public Name sampler;

    /** Those that diffusers has as well; a constant's name is the sampler's with underscores. */
    public enum Name {
        DDPM,
        DDIM,
        EULER,
        EULER_ANCESTRAL,
        EULER_CHURN,
        HEUN,
        KDPM2,
        KDPM2_ANCESTRAL,
        LMS,
        PNDM,
        IPNDM,
        DEIS,
        DPM_2M,
        DPMPP_2M,
        DPMPP_3M,
        DPMPP_2M_SDE,
        DPMPP_3M_SDE,
        DPM_3S,
        DPMPP_2S,
        DPMPP_SDE,
        UNIPC,
        SA_SOLVER,
        LCM,
        TCD,
        CONSISTENCY
    }

    private Sampler algorithm;
    private Denoiser model;
    private Trajectory way;

    /** Ten steps of the run. */
    @Setup
    public void begin() {
        algorithm = Sampler.named(sampler.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        Tensor raw = Noise.seed(1).draw(SHAPE).tensor();
        model = (x, level) -> new Prediction(raw, PredictionType.EPSILON, x, level);
        NoiseSchedule schedule = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
        way = Trajectory.start(algorithm.spacing().plan(schedule, 20), Noise.seed(0), SHAPE);
        for (int i = 0; i < 10; i++) {
            way = way.then(algorithm.next(model, way));
        }
    }

    /** As much noise as a step adds that adds any. */
    @Benchmark
    public Noise.Draw noise() {
        return way.noise().draw(SHAPE);
    }

    /** The next step. */
    @Benchmark
    public Step step() {
        return algorithm.next(model, way);
    }
}
