package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.name.Names;

/**
 * Where the noise levels of a run lie between its first and its last, chosen by noise and not by timestep. A cell can bring
 * its own as a lambda, {@code Ladder halves = (max, min, n) -> ...}.
 */
@FunctionalInterface
public interface Ladder {

    /**
     * The rungs, falling.
     *
     * @param max the first, sigma / alpha (sigma itself in a flow), finite
     * @param min the last, above 0, no more than max
     * @param n how many, 1 or more; a single one is max
     */
    double[] sigmas(double max, double min, int n);

    /** Even in sigma^(1/7) (Karras et al. 2022, arXiv 2206.00364, eq. 5 with rho 7). */
    static Ladder karras() {
        return karras(7);
    }

    /** Even in sigma^(1/rho): the larger rho, the more levels with little noise. */
    static Ladder karras(double rho) {
        if (!(rho > 0) || Double.isInfinite(rho)) {
            throw new IllegalArgumentException("rho is " + rho + ". Give a number above 0, usually 7.");
        }
        return new NamedLadder(
                "karras",
                (max, min, n) -> rungs(max, min, n, u -> {
                    double from = Math.pow(max, 1 / rho);
                    return Math.pow(from + u * (Math.pow(min, 1 / rho) - from), rho);
                }));
    }

    /** Even in ln sigma. */
    static Ladder exponential() {
        return polyexponential(1);
    }

    /** Even in (ln sigma)^(1/rho) between the logarithms of min and max (Crowson 2022, k-diffusion). */
    static Ladder polyexponential(double rho) {
        if (!(rho > 0) || Double.isInfinite(rho)) {
            throw new IllegalArgumentException("rho is " + rho + ". Give a number above 0; 1 is exponential.");
        }
        return new NamedLadder(
                rho == 1 ? "exponential" : "polyexponential",
                (max, min, n) -> rungs(
                        max,
                        min,
                        n,
                        u -> Math.exp(Math.pow(1 - u, rho) * (Math.log(max) - Math.log(min)) + Math.log(min))));
    }

    /** At the quantiles of a beta distribution, linearly in sigma (Lee et al. 2024, arXiv 2407.12173, with both 0.6). */
    static Ladder beta() {
        return beta(0.6, 0.6);
    }

    /** The same with other parameters, each above 0; below 1 both ends get more levels than the middle. */
    static Ladder beta(double a, double b) {
        BetaQuantile quantile = new BetaQuantile(a, b);
        return new NamedLadder(
                "beta", (max, min, n) -> rungs(max, min, n, u -> min + quantile.of(1 - u) * (max - min)));
    }

    /** Even in lambda = -ln sigma (Lu et al. 2022, arXiv 2206.00927): what {@link #exponential} is, computed from lambda. */
    static Ladder lu() {
        return new NamedLadder(
                "lu",
                (max, min, n) ->
                        rungs(max, min, n, u -> Math.exp(Math.log(max) + u * (Math.log(min) - Math.log(max)))));
    }

    /** A ladder under a name: {@code Ladder.of("halves", (max, min, n) -> ...)}. */
    static Ladder of(String name, Ladder ladder) {
        return new NamedLadder(name, ladder);
    }

    /** The ladders by the names that a person types. */
    static List<String> names() {
        return new ArrayList<>(known().keySet());
    }

    /**
     * The ladder of a name, with the parameters of its paper.
     *
     * @throws IllegalArgumentException if there is none; the message has the nearest name and all others
     */
    static Ladder named(String name) {
        return known().get(Names.known("ladder", name, known().keySet()));
    }

    private static Map<String, Ladder> known() {
        Map<String, Ladder> known = new LinkedHashMap<>();
        known.put("karras", karras());
        known.put("exponential", exponential());
        known.put("beta", beta());
        known.put("lu", lu());
        return known;
    }

    /** The same ladder between two given sigmas, whatever the plan has; NaN leaves an end as it is. */
    default Ladder between(double sigmaMax, double sigmaMin) {
        return new NamedLadder(
                toString(),
                (max, min, n) ->
                        sigmas(Double.isNaN(sigmaMax) ? max : sigmaMax, Double.isNaN(sigmaMin) ? min : sigmaMin, n));
    }

    private static double[] rungs(double max, double min, int n, java.util.function.DoubleUnaryOperator at) {
        if (!(min > 0) || !(max >= min) || Double.isInfinite(max)) {
            throw new IllegalArgumentException("a ladder from sigma " + max + " to " + min
                    + ". Give finite numbers above 0, the first (sigma_max) no less than the second (sigma_min);"
                    + " at zero terminal SNR leave the ladder out.");
        }
        if (n < 1) {
            throw new IllegalArgumentException("a ladder of " + n + " levels. Give 1 or more.");
        }
        double[] sigmas = new double[n];
        for (int i = 0; i < n; i++) {
            sigmas[i] = at.applyAsDouble(n == 1 ? 0 : i == n - 1 ? 1 : i * (1.0 / (n - 1)));
        }
        return sigmas;
    }
}
