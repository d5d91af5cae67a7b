package org.daguerre.schedule;

/**
 * The noise of Karras et al. 2022, arXiv 2206.00364: any sigma above 0 in states x = x0 + sigma eps, asked with t = c_noise =
 * ln(sigma) / 4.
 */
public enum EdmSchedule implements NoiseSchedule {
    INSTANCE;

    @Override
    public Level at(double t) {
        return Level.of(t, 1, Math.exp(4 * t), Form.EXPLODING);
    }

    @Override
    public Level atScaledSigma(double sigma) {
        float rounded = (float) sigma;
        return Level.of((float) (0.25 * Math.log(rounded)), 1, rounded, Form.EXPLODING);
    }

    @Override
    public String toString() {
        return "any sigma";
    }
}
