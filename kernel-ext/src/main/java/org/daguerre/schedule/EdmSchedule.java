package org.daguerre.schedule;

/**
 * The noise of Karras et al. 2022, arXiv 2206.00364: any sigma above 0 in states x = x0 + sigma eps. The constants differ in
 * the t that the model is asked with.
 */
public enum EdmSchedule implements NoiseSchedule {
    /** t = c_noise = ln(sigma) / 4. */
    INSTANCE {
        @Override
        double t(double sigma) {
            return 0.25 * Math.log(sigma);
        }

        @Override
        double sigma(double t) {
            return Math.exp(4 * t);
        }
    },
    /** t = 2 / pi atan(sigma), the angle of a cosine schedule (Evans et al. 2024, "Stable Audio Open", arXiv 2407.14358). */
    ANGLE {
        @Override
        double t(double sigma) {
            return Math.atan(sigma) / Math.PI * 2;
        }

        @Override
        double sigma(double t) {
            return Math.tan(t * Math.PI / 2);
        }
    };

    abstract double t(double sigma);

    abstract double sigma(double t);

    @Override
    public Level at(double t) {
        return Level.of(t, 1, sigma(t), Form.EXPLODING);
    }

    @Override
    public Level atScaledSigma(double sigma) {
        float rounded = (float) sigma;
        return Level.of((float) t(rounded), 1, rounded, Form.EXPLODING);
    }

    /** Of the sigmas from 0.002 to 80 of the paper, even in their logarithm. */
    @Override
    public double timestep(double part) {
        return t(0.002 * Math.pow(80 / 0.002, part));
    }

    @Override
    public String toString() {
        return "any sigma";
    }
}
