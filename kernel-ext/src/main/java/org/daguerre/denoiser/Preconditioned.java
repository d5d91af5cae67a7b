package org.daguerre.denoiser;

import java.util.Locale;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * The raw output F of a network in the preconditioning of Karras et al. 2022, arXiv 2206.00364, Table 1: D(x; sigma) = c_skip
 * x + c_out F(c_in x; c_noise), in states x = x0 + sigma eps.
 *
 * @param sigmaData the standard deviation of the data, usually 0.5
 * @param negative F has the other sign, as diffusers' v_prediction has it
 * @param sigmaMin at this sigma D(x) = x exactly, the boundary of a consistency model (Song et al. 2023, arXiv 2303.01469,
 *     appendix C); 0 is the paper's own
 */
public record Preconditioned(double sigmaData, boolean negative, double sigmaMin) implements PredictionType {

    public Preconditioned {
        if (!(sigmaData > 0) || Double.isInfinite(sigmaData)) {
            throw new IllegalArgumentException("sigma_data is " + sigmaData + ". Give a number above 0, usually 0.5.");
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s preconditioned with sigma_data %s%s",
                negative ? "v_prediction" : "epsilon",
                sigmaData,
                sigmaMin > 0 ? " and sigma_min " + sigmaMin : "");
    }

    private double skip(Level level) {
        double above = level.scaledSigma() - sigmaMin;
        return sigmaData * sigmaData / (above * above + sigmaData * sigmaData);
    }

    private double out(Level level) {
        double sigma = level.scaledSigma();
        double out = (sigma - sigmaMin) * sigmaData / Math.hypot(sigma, sigmaData);
        return negative ? -out : out;
    }

    @Override
    public Tensor denoised(Tensor raw, Tensor x, Level level) {
        return Tensor.combine(skip(level) / level.scale(), x, out(level), raw);
    }

    @Override
    public Tensor raw(Tensor denoised, Tensor noise, Level level) {
        Tensor x = denoised.plus(level.scaledSigma(), noise);
        return denoised.plus(-skip(level), x).over(out(level));
    }

    @Override
    public Tensor input(Tensor x, Level level) {
        return x.over(level.scale() * Math.hypot(level.scaledSigma(), sigmaData));
    }
}
