package org.daguerre.schedule;

/**
 * How noisy a state is: x = alpha x0 + sigma eps.
 *
 * @param t the timestep the model is asked with; may be fractional, and may be another level's (DDIM inversion). Never
 *     recovered from sigma.
 * @param alpha the weight of the clean picture, in [0, 1]
 * @param sigma the weight of the noise, 0 or more
 * @param form what alpha and sigma have to do with each other
 * @param index place on the plan's grid, 0 (noisiest) to count (the end); -1 off the grid
 * @param count steps of the plan; -1 off any plan
 */
public record Level(double t, double alpha, double sigma, Form form, int index, int count) {

    public Level {
        if (!(alpha >= 0) || !(sigma >= 0) || alpha == 0 && sigma == 0) {
            throw new IllegalArgumentException("alpha " + alpha + " and sigma " + sigma
                    + " describe no noise level. Both must be 0 or more, and one above 0.");
        }
    }

    /** A level off any plan. */
    public static Level of(double t, double alpha, double sigma, Form form) {
        return new Level(t, alpha, sigma, form, -1, -1);
    }

    /** A variance preserving level from alpha-bar, the cumulative product of 1 - beta, in [0, 1]. */
    public static Level preserving(double t, double alphasCumprod) {
        if (!(alphasCumprod >= 0 && alphasCumprod <= 1)) {
            throw new IllegalArgumentException("alpha-bar is " + alphasCumprod + ". Give 0 (noise alone) to 1 (none).");
        }
        return of(t, Math.sqrt(alphasCumprod), Math.sqrt(1 - alphasCumprod), Form.PRESERVING);
    }

    /** A variance preserving level from its noise-to-signal ratio sigma / alpha, 0 to infinity. */
    public static Level preservingRatio(double t, double ratio) {
        if (Double.isInfinite(ratio)) {
            return of(t, 0, 1, Form.PRESERVING);
        }
        double alpha = 1 / Math.sqrt(1 + ratio * ratio);
        return of(t, alpha, ratio * alpha, Form.PRESERVING);
    }

    /** A flow level: alpha = 1 - sigma, sigma in [0, 1]. */
    public static Level flow(double t, double sigma) {
        return of(t, 1 - sigma, sigma, Form.FLOW);
    }

    /** The same level at a place of a plan. */
    public Level at(int index, int count) {
        return new Level(t, alpha, sigma, form, index, count);
    }

    /** Alpha-bar of a variance preserving level, alpha². */
    public double alphasCumprod() {
        return alpha * alpha;
    }

    /** Signal-to-noise ratio alpha² / sigma²; infinite without noise. */
    public double snr() {
        return alpha * alpha / (sigma * sigma);
    }

    /** Half the log signal-to-noise ratio, ln(alpha / sigma): the lambda of the DPM-Solver papers. */
    public double lambda() {
        return Math.log(alpha / sigma);
    }

    /** Noise-to-signal ratio sigma / alpha: the sigma of Karras et al. 2022; infinite at zero terminal SNR. */
    public double ratio() {
        return sigma / alpha;
    }

    /**
     * What x is divided by to reach the coordinates in which samplers with a derivative d = (x - x0) / sigma work: alpha,
     * but 1 in the flow form, whose own coordinates are already straight.
     */
    public double scale() {
        return form == Form.FLOW ? 1 : alpha;
    }

    /** Sigma in the coordinates of {@link #scale}: the ratio sigma / alpha, but sigma itself in a flow. */
    public double scaledSigma() {
        return sigma / scale();
    }

    /** The level of the same t and form with another noise, and the signal that belongs to it. */
    public Level withScaledSigma(double sigma) {
        return switch (form) {
            case PRESERVING -> preservingRatio(t, sigma);
            case EXPLODING -> of(t, 1, sigma, form);
            case FLOW -> flow(t, sigma);
        };
    }

    /** The same with its noise given as the ratio sigma / alpha. */
    public Level withRatio(double ratio) {
        return withScaledSigma(form == Form.FLOW ? ratio / (1 + ratio) : ratio);
    }

    /** True at the end of a plan, where nothing is left to do. */
    public boolean isEnd() {
        return index >= 0 && index == count;
    }
}
