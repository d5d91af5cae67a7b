package org.daguerre.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.sampler.DpmSolver.Algorithm;
import org.daguerre.sampler.DpmSolver.Derivative;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every deterministic sampler shows the order that its paper claims, on a mixture of two Gaussians in one dimension, whose
 * probability flow ODE is not linear and is solved in double precision beside it. Steps are equal in the solver's own
 * variable, the last level has noise, and three doublings of their number lie above what float32 states can show.
 */
class ConvergenceTest {

    private static final int T = 1_000_000;
    private static final double FIRST_RATIO = 4;
    private static final double LAST_RATIO = 0.3;
    private static final int DOUBLINGS = 3;

    private static final double[] WEIGHTS = {1, 2};
    private static final double[] MEANS = {-1, 1};
    private static final double STD = 0.5;
    private static final ExactDenoiser MODEL =
            ExactDenoiser.mixture(WEIGHTS, List.of(Tensor.filled(MEANS[0], 1, 1), Tensor.filled(MEANS[1], 1, 1)), STD);

    /**
     * Starts from -2 to 2 standard deviations in sixteen places. The error at a place is the mean of 128 starts very near to each
     * other: rounding to float32, which is another one for each, is then eleven times smaller.
     */
    private static final int PLACES = 16;

    private static final int NEIGHBOURS = 128;

    /** x / alpha at the first level, rounded as the state will be. */
    private static final double[] START = start();

    /** What float32 leaves, in the units of the data. */
    private static final double FLOOR = 5e-9;

    private static final Map<Double, double[]> SOLUTIONS = new HashMap<>();

    /** What steps are equal in. */
    private enum Steps {
        /** sigma / alpha. */
        RATIO(u -> LAST_RATIO + u * (FIRST_RATIO - LAST_RATIO)),
        /** lambda = ln(alpha / sigma). */
        LAMBDA(u -> LAST_RATIO * Math.pow(FIRST_RATIO / LAST_RATIO, u)),
        /** sigma of a straight flow. */
        SIGMA(u -> {
            double first = FIRST_RATIO / (1 + FIRST_RATIO);
            double last = LAST_RATIO / (1 + LAST_RATIO);
            double sigma = last + u * (first - last);
            return sigma / (1 - sigma);
        });

        private final DoubleUnaryOperator ratio;

        Steps(DoubleUnaryOperator ratio) {
            this.ratio = ratio;
        }

        Level at(double t) {
            double at = ratio.applyAsDouble(t / T);
            return this == SIGMA ? Level.flow(t, at / (1 + at)) : Level.preservingRatio(t, at);
        }

        Plan plan(int n) {
            NoiseSchedule schedule = this::at;
            List<Level> levels = new ArrayList<>();
            for (int i = 0; i <= n; i++) {
                levels.add(at(T * (1 - i / (double) n)));
            }
            return Plan.through(schedule, levels, 1);
        }
    }

    /**
     * A claim.
     *
     * @param order what the error shrinks by when steps double, as a power of two
     * @param fewest the least number of steps
     * @param exact first steps that are given: a method of order p starts with p - 1 of lower order, which would hide it
     */
    private record Claim(String name, Sampler sampler, Denoiser model, Steps steps, int order, int fewest, int exact) {

        Claim(String name, Sampler sampler, Steps steps, int order, int fewest) {
            this(name, sampler, MODEL, steps, order, fewest, order - 1);
        }

        Claim of(PredictionType type) {
            return new Claim(name + " of " + type, sampler, MODEL.as(type), steps, order, fewest, exact);
        }

        Claim exact(int steps) {
            return new Claim(name, sampler, model, this.steps, order, fewest, steps);
        }
    }

    private static Sampler multistep(Algorithm algorithm, int order, Derivative derivative, Manner manner) {
        return new DpmSolverMultistep(algorithm, order, derivative, false, false, Clipping.NONE, manner, null);
    }

    private static Sampler singlestep(Algorithm algorithm, int order, Derivative derivative) {
        return new DpmSolverSinglestep(algorithm, order, derivative, false, Clipping.NONE, Manner.PAPER, null);
    }

    /** With the first order - 1 states given, which its corrector then leaves alone. */
    private static Sampler uniPc(int order, UniPc.B b, boolean predictsPicture) {
        Set<Integer> given = IntStream.range(0, order).boxed().collect(Collectors.toSet());
        return new UniPc(order, b, predictsPicture, false, given, Clipping.NONE, null);
    }

    private static Sampler saSolver(int predictor, int corrector, boolean predictsPicture) {
        return new SaSolver(predictor, corrector, predictsPicture, false, 0, 0, T, Clipping.NONE, null);
    }

    private static Sampler deis(int order) {
        return new Deis(order, false, Clipping.NONE, null);
    }

    private static List<Claim> claims() {
        List<Claim> claims = new ArrayList<>(List.of(
                new Claim("ddim", new Ddim(), Steps.RATIO, 1, 24),
                new Claim("ddim on a flow", new Ddim(), Steps.SIGMA, 1, 24),
                new Claim("euler", new Euler(), Steps.RATIO, 1, 24),
                new Claim("euler on a flow", new Euler(), Steps.SIGMA, 1, 24),
                new Claim("heun", new Heun(), Steps.RATIO, 2, 24).exact(0),
                new Claim("heun on a flow", new Heun(), Steps.SIGMA, 2, 24).exact(0),
                new Claim("kdpm2", new Kdpm2(), Steps.RATIO, 2, 24).exact(0),
                new Claim("kdpm2 on a flow", new Kdpm2(), Steps.SIGMA, 2, 24).exact(0),
                new Claim("lms of order 2", new Lms(2, null), Steps.RATIO, 2, 96),
                new Claim("lms of order 3", new Lms(3, null), Steps.RATIO, 3, 48),
                new Claim("lms", new Lms(), Steps.RATIO, 4, 36),
                new Claim("pndm", new Pndm(), Steps.RATIO, 4, 36).exact(0),
                new Claim("plms", new Pndm(true, Manner.PAPER, null), Steps.RATIO, 4, 36),
                new Claim("ipndm", new Ipndm(), Steps.RATIO, 4, 36),
                new Claim("pndm on a flow", new Pndm(), Steps.SIGMA, 4, 12)
                        .of(PredictionType.FLOW_PREDICTION)
                        .exact(0),
                // Adams and Bashforth's weights hold for equal steps of sigma / alpha
                new Claim("pndm between unequal steps", new Pndm(), Steps.LAMBDA, 2, 24).exact(0),
                new Claim("ipndm between unequal steps", new Ipndm(), Steps.LAMBDA, 2, 24).exact(3),
                // a mean of v over several states is no slope
                new Claim("pndm as diffusers", new Pndm(false, Manner.DIFFUSERS, null), Steps.RATIO, 1, 24)
                        .of(PredictionType.V_PREDICTION)));
        for (int order = 1; order <= 3; order++) {
            claims.add(new Claim("deis of order " + order, deis(order), Steps.LAMBDA, order, 24));
        }
        claims.add(new Claim("deis of order 3 on a flow", deis(3), Steps.SIGMA, 3, 24));
        for (Algorithm algorithm : List.of(Algorithm.DPMSOLVER, Algorithm.DPMSOLVER_PP)) {
            for (int order = 1; order <= 3; order++) {
                for (Derivative derivative : Derivative.values()) {
                    String kind = " of order " + order + ", " + algorithm + ", " + derivative;
                    claims.add(new Claim(
                            "multistep" + kind,
                            multistep(algorithm, order, derivative, Manner.PAPER),
                            Steps.LAMBDA,
                            order,
                            24));
                    claims.add(new Claim(
                                    "singlestep" + kind,
                                    singlestep(algorithm, order, derivative),
                                    Steps.LAMBDA,
                                    order,
                                    24)
                            .exact(0));
                }
            }
            // diffusers takes half of the second derivative
            claims.add(new Claim(
                            "third-order multistep as diffusers, " + algorithm,
                            multistep(algorithm, 3, Derivative.MIDPOINT, Manner.DIFFUSERS),
                            Steps.LAMBDA,
                            2,
                            48)
                    .exact(2));
        }
        claims.add(new Claim(
                "dpmpp-2m on a flow",
                multistep(Algorithm.DPMSOLVER_PP, 2, Derivative.HEUN, Manner.PAPER),
                Steps.SIGMA,
                2,
                24));
        for (UniPc.B b : UniPc.B.values()) {
            for (boolean predictsPicture : List.of(true, false)) {
                for (int order = 1; order <= 3; order++) {
                    // the corrector adds one
                    claims.add(new Claim(
                                    "unipc of order " + order + " with " + b + (predictsPicture ? "" : " on the noise"),
                                    uniPc(order, b, predictsPicture),
                                    Steps.LAMBDA,
                                    order + 1,
                                    order == 3 ? 15 : 12)
                            .exact(order));
                }
            }
        }
        for (boolean predictsPicture : List.of(true, false)) {
            for (int[] orders : new int[][] {{1, 1}, {1, 2}, {2, 2}, {2, 3}, {3, 3}, {3, 4}}) {
                claims.add(new Claim(
                                "sa-solver without noise, orders " + orders[0] + " and " + orders[1]
                                        + (predictsPicture ? "" : " on the noise"),
                                saSolver(orders[0], orders[1], predictsPicture),
                                Steps.LAMBDA,
                                // the first steps are of lower order and leave no more than 3
                                Math.min(3, orders[1]),
                                orders[0] == 3 ? 24 : orders[0] == orders[1] ? 96 : 24)
                        .exact(0));
            }
        }
        return claims;
    }

    /** The order claimed for the sampler of a standard name, where it is deterministic and its steps are counted. */
    static Optional<Integer> order(String name) {
        return claims().stream()
                .filter(claim -> claim.sampler().toString().equals(name))
                .findFirst()
                .map(Claim::order);
    }

    @TestFactory
    Stream<DynamicTest> errorShrinksByTwoToTheOrderWhenStepsDouble() {
        return claims().stream()
                .map(claim -> dynamicTest(claim.name(), () -> {
                    double[] errors = new double[DOUBLINGS + 1];
                    for (int i = 0; i < errors.length; i++) {
                        errors[i] = error(claim, claim.fewest() << i);
                    }
                    double order = order(errors);
                    assertEquals(claim.order(), order, claim.order() <= 2 ? 0.15 : 0.25);
                    assertTrue(errors[DOUBLINGS] > 3 * FLOOR, "the last error is " + errors[DOUBLINGS]);
                }));
    }

    /** An error that falls by 32 leaves float32 no three doublings, between the first few steps and the rounding, but one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unipcOfOrderFourIsOfTheFifthWhileRoundingLetsItBe(boolean predictsPicture) {
        for (UniPc.B b : UniPc.B.values()) {
            Claim claim = new Claim("unipc", uniPc(4, b, predictsPicture), Steps.LAMBDA, 5, 24).exact(4);
            double fine = error(claim, 48);
            assertEquals(5, Math.log(error(claim, 24) / fine) / Math.log(2), 0.25, b.toString());
            assertTrue(fine > 3 * FLOOR, "the last error is " + fine);
        }
    }

    /** The slope of the line through the logarithms of errors and steps, by least squares. */
    private static double order(double[] errors) {
        double middle = DOUBLINGS / 2.0;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < errors.length; i++) {
            sum -= (i - middle) * Math.log(errors[i]) / Math.log(2);
            squares += (i - middle) * (i - middle);
        }
        return sum / squares;
    }

    /** The solution in double precision is itself right: the quantiles of the data stay what they were. */
    @Test
    void solutionKeepsTheQuantiles() {
        double[] end = solution(LAST_RATIO);
        for (int i = 0; i < end.length; i += NEIGHBOURS) {
            assertEquals(cumulative(START[i], FIRST_RATIO), cumulative(end[i], LAST_RATIO), 1e-10);
        }
    }

    /** The tolerance bounds the error of every step; all of them together stay within a few times of it. */
    @Test
    void adaptiveStepsFollowTheTolerance() {
        double before = Double.POSITIVE_INFINITY;
        int callsBefore = 0;
        for (double tolerance : new double[] {0.05, 0.005, 0.0005}) {
            DpmAdaptive sampler = new DpmAdaptive(tolerance, tolerance / 5, null);
            Trajectory way =
                    Trajectory.start(Steps.LAMBDA.plan(10), 0, state(START, Steps.LAMBDA.at(T)), Noise.seed(0));
            while (!way.done()) {
                way = way.then(sampler.next(MODEL, way));
            }
            double error = error(way);
            int calls =
                    way.steps().stream().mapToInt(step -> step.calls().size()).sum();
            assertTrue(error < 5 * tolerance, tolerance + ": " + error);
            assertTrue(error < before && calls > callsBefore, tolerance + ": " + error + " by " + calls);
            before = error;
            callsBefore = calls;
        }
    }

    private static double error(Claim claim, int steps) {
        Trajectory way = Trajectory.start(
                claim.steps().plan(steps), 0, state(START, claim.steps().at(T)), Noise.seed(0));
        while (!way.done()) {
            Step step = claim.sampler().next(claim.model(), way);
            if (way.length() < claim.exact()) {
                Tensor exact = state(solution(step.level().ratio()), step.level());
                step = new Step(exact, step.level(), step.calls(), step.noise(), step.memory());
            }
            way = way.then(step);
        }
        return error(way);
    }

    /** The root of the mean square over all places. */
    private static double error(Trajectory way) {
        Level end = way.level();
        double[] exact = solution(end.ratio());
        float[] x = way.x().toArray();
        double squares = 0;
        for (int place = 0; place < PLACES; place++) {
            double sum = 0;
            for (int i = place * NEIGHBOURS; i < (place + 1) * NEIGHBOURS; i++) {
                sum += x[i] / end.alpha() - exact[i];
            }
            squares += Math.pow(sum / NEIGHBOURS, 2);
        }
        return Math.sqrt(squares / PLACES);
    }

    private static Tensor state(double[] scaled, Level level) {
        float[] x = new float[scaled.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (scaled[i] * level.alpha());
        }
        return Tensor.wrap(x, x.length, 1);
    }

    private static double[] start() {
        double[] start = new double[PLACES * NEIGHBOURS];
        double deviation = Math.hypot(FIRST_RATIO, 1);
        for (int i = 0; i < start.length; i++) {
            int place = i / NEIGHBOURS;
            double z = -2 + 4 * place / (PLACES - 1.0) + 0.01 * (i % NEIGHBOURS) / NEIGHBOURS;
            start[i] = z * deviation;
        }
        return start;
    }

    /** Runge and Kutta's method for d(x / alpha) / d ln(sigma / alpha) = x / alpha - x0. */
    private static double[] solution(double ratio) {
        return SOLUTIONS.computeIfAbsent(ratio, last -> {
            double length = Math.log(last / FIRST_RATIO);
            int n = (int) Math.ceil(-length / 0.01);
            double h = length / n;
            double[] x = START.clone();
            for (int i = 0; i < x.length; i++) {
                for (int k = 0; k < n; k++) {
                    double at = Math.log(FIRST_RATIO) + k * h;
                    double a = slope(x[i], at);
                    double b = slope(x[i] + h / 2 * a, at + h / 2);
                    double c = slope(x[i] + h / 2 * b, at + h / 2);
                    double d = slope(x[i] + h * c, at + h);
                    x[i] += h / 6 * (a + 2 * b + 2 * c + d);
                }
            }
            return x;
        });
    }

    private static double slope(double x, double logRatio) {
        double variance = STD * STD + Math.exp(2 * logRatio);
        double likely = WEIGHTS[1]
                / WEIGHTS[0]
                * Math.exp((Math.pow(x - MEANS[0], 2) - Math.pow(x - MEANS[1], 2)) / (2 * variance));
        double mean = (MEANS[0] + likely * MEANS[1]) / (1 + likely);
        return (x - mean) * (1 - STD * STD / variance);
    }

    /** The probability of a state below x. */
    private static double cumulative(double x, double ratio) {
        double deviation = Math.hypot(STD, ratio);
        double sum = 0;
        for (int k = 0; k < MEANS.length; k++) {
            sum += WEIGHTS[k] * normal((x - MEANS[k]) / deviation);
        }
        return sum / (WEIGHTS[0] + WEIGHTS[1]);
    }

    /** The standard normal distribution function, by its Taylor series (DLMF 7.6.2). */
    private static double normal(double z) {
        double term = z;
        double sum = 0;
        for (int n = 0; n < 200; n++) {
            sum += term;
            term *= z * z / (2 * n + 3);
        }
        return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }
}
