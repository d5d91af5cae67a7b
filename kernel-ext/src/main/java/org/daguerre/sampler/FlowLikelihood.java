package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * The likelihood of a picture under a model, by its probability flow, Song et al. 2020, "Score-Based Generative Modeling
 * through Stochastic Differential Equations", arXiv 2011.13456, appendix D.2: the picture is carried along the ODE to the
 * noisiest level of a plan, where its density is known, and what the flow compresses on the way is added up.
 *
 * <pre>
 * x / alpha      the state in coordinates where x = x0 + sigma eps
 * sigma          sigma / alpha
 * slope          dx / dsigma = epsilon_theta
 * divergence     of the slope: d log p / dsigma = - divergence
 * v              a direction; v . (slope(x + v) - slope(x - v)) / 2 |v|² is the divergence along it
 * </pre>
 *
 * <p>Without the derivatives of a network, the divergence is taken by central differences, along every axis or, for pictures
 * of more values, along random directions (Hutchinson's estimator). The steps are Heun's.
 *
 * @param probes random directions a level; 0 takes every axis, two calls each
 * @param width length of a difference in parts of sigma, usually 0.01
 */
public record FlowLikelihood(int probes, double width) {

    /** An answer, in nats: log p of the picture at the least noisy level of the plan, and how often the model was asked. */
    public record Answer(double logLikelihood, int calls) {

        /** Bits per value, the unit of the papers. */
        public double bitsPerValue(int values) {
            return -logLikelihood / (values * Math.log(2));
        }
    }

    public FlowLikelihood {
        if (probes < 0 || !(width > 0)) {
            throw new IllegalArgumentException("probes is " + probes + " and width " + width
                    + ". Give 0 (every axis) or more, and a number above 0, usually 0.01.");
        }
    }

    /** Along every axis. */
    public FlowLikelihood() {
        this(0, 0.01);
    }

    /**
     * The likelihood of one picture.
     *
     * @param x its state at the plan's least noisy level that has noise, {@code plan.from(count - 1)}
     * @param noise what random directions are drawn from
     */
    public Answer of(Denoiser model, Plan plan, Tensor x, Noise noise) {
        List<Level> rising = new ArrayList<>();
        for (int i = plan.count() - 1; i >= 0; i--) {
            if (plan.from(i).alpha() > 0) {
                rising.add(plan.from(i));
            }
        }
        Level first = rising.get(0);
        Tensor state = x.over(first.alpha());
        Noise left = noise;
        double compressed = 0;
        int[] calls = {0};
        for (int i = 0; i + 1 < rising.size(); i++) {
            Level level = rising.get(i);
            Level next = rising.get(i + 1);
            double h = next.ratio() - level.ratio();
            List<Tensor> directions = directions(state, left);
            left = probes == 0 ? left : left.draw(probes, state.size()).after();
            Tensor slope = slope(model, state, level, calls);
            double divergence = divergence(model, state, level, directions, calls);
            Tensor euler = state.plus(h, slope);
            Tensor slopeThere = slope(model, euler, next, calls);
            double divergenceThere = divergence(model, euler, next, directions, calls);
            state = state.plus(h / 2, slope.plus(slopeThere));
            compressed += h / 2 * (divergence + divergenceThere);
        }
        Level last = rising.get(rising.size() - 1);
        double density = standardNormal(state.times(last.alpha()), Math.hypot(last.alpha(), last.sigma()))
                + state.size() * Math.log(last.alpha());
        return new Answer(density + compressed - state.size() * Math.log(first.alpha()), calls[0]);
    }

    private static double standardNormal(Tensor x, double deviation) {
        double scaled = x.norm() / deviation;
        return -0.5 * scaled * scaled - x.size() * Math.log(deviation * Math.sqrt(2 * Math.PI));
    }

    private static Tensor slope(Denoiser model, Tensor state, Level level, int[] calls) {
        calls[0]++;
        Prediction prediction = model.predict(state.times(level.alpha()), level);
        return state.minus(prediction.denoised()).over(level.ratio());
    }

    private double divergence(Denoiser model, Tensor state, Level level, List<Tensor> directions, int[] calls) {
        double sum = 0;
        for (Tensor v : directions) {
            double step = width * level.ratio();
            Tensor ahead = slope(model, state.plus(step, v), level, calls);
            Tensor behind = slope(model, state.plus(-step, v), level, calls);
            sum += v.dot(ahead.minus(behind)) / (2 * step);
        }
        return probes == 0 ? sum : sum / probes;
    }

    private List<Tensor> directions(Tensor state, Noise noise) {
        List<Tensor> directions = new ArrayList<>();
        if (probes > 0) {
            Tensor drawn = noise.draw(probes, state.size()).tensor();
            for (int i = 0; i < probes; i++) {
                directions.add(drawn.slice(i).reshape(state.shape()));
            }
            return directions;
        }
        for (int axis = 0; axis < state.size(); axis++) {
            float[] unit = new float[state.size()];
            unit[axis] = 1;
            directions.add(Tensor.wrap(unit, state.shape()));
        }
        return directions;
    }
}
