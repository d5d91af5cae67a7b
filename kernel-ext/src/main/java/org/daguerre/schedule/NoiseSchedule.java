package org.daguerre.schedule;

/**
 * How much noise belongs to a timestep: what the model was trained with. A cell can bring its own as a lambda,
 * {@code NoiseSchedule mine = t -> Level.preserving(t, Math.pow(Math.cos(t / 1000 * Math.PI / 2), 2))}.
 */
@FunctionalInterface
public interface NoiseSchedule {

    /** The level of a timestep in [0, numTrainTimesteps); t may be fractional. */
    Level at(double t);

    /** Timesteps the model was trained with. */
    default int numTrainTimesteps() {
        return 1000;
    }

    /** The schedule of a standard name, such as "cosine"; {@link NoiseSchedules#names} has them. */
    static NoiseSchedule named(String name) {
        return NoiseSchedules.named(name);
    }

    /** Betas in equal steps from betaStart to betaEnd (Ho et al. 2020, arXiv 2006.11239; 1e-4 to 0.02 there). */
    static DiscreteSchedule linear(int numTrainTimesteps, double betaStart, double betaEnd) {
        return DiscreteSchedule.linear(numTrainTimesteps, betaStart, betaEnd);
    }

    /** Square roots of the betas in equal steps (Stable Diffusion, Rombach et al. 2022; 0.00085 to 0.012 there). */
    static DiscreteSchedule scaledLinear(int numTrainTimesteps, double betaStart, double betaEnd) {
        return DiscreteSchedule.scaledLinear(numTrainTimesteps, betaStart, betaEnd);
    }

    /** Alpha-bar falls as a squared cosine (Nichol and Dhariwal 2021, arXiv 2102.09672); diffusers' squaredcos_cap_v2. */
    static DiscreteSchedule cosine(int numTrainTimesteps) {
        return DiscreteSchedule.cosine(numTrainTimesteps);
    }

    /** Betas along a logistic curve from betaStart to betaEnd (GeoDiff, Xu et al. 2022, arXiv 2203.02923). */
    static DiscreteSchedule sigmoid(int numTrainTimesteps, double betaStart, double betaEnd) {
        return DiscreteSchedule.sigmoid(numTrainTimesteps, betaStart, betaEnd);
    }

    /** The given betas, each in [0, 1]; diffusers' trained_betas. */
    static DiscreteSchedule trainedBetas(float... betas) {
        return DiscreteSchedule.trainedBetas(betas);
    }

    /** A straight flow with shifted timesteps; shift 1 is none (Esser et al. 2024, arXiv 2403.03206). */
    static FlowSchedule flow(int numTrainTimesteps, double shift) {
        return new FlowSchedule(numTrainTimesteps, shift);
    }
}
