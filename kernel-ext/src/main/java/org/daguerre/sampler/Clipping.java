package org.daguerre.sampler;

import java.util.Arrays;
import org.daguerre.tensor.Tensor;

/** What a sampler does to an estimate of the picture before it uses it, to keep it within the range of pictures. */
@FunctionalInterface
public interface Clipping {

    /** The estimate within its range; the first axis counts pictures. */
    Tensor of(Tensor denoised);

    /** Leaves it as it is: right for latents. */
    Clipping NONE = new Clipping() {
        @Override
        public Tensor of(Tensor denoised) {
            return denoised;
        }

        @Override
        public String toString() {
            return "none";
        }
    };

    /** Clamps every value to [-range, range]. */
    static Clipping to(double range) {
        return new Range(range);
    }

    /**
     * Dynamic thresholding (Saharia et al. 2022, arXiv 2205.11487, section 2.3): each picture is clamped to [-s, s] and
     * divided by s, its quantile of absolute values, kept within 1 and {@code most}.
     *
     * @param ratio the quantile in [0, 1], 0.995 in the paper
     * @param most the largest s; diffusers' sample_max_value. Below 1 it is s itself, as torch's clamp has it.
     */
    static Clipping dynamic(double ratio, double most) {
        return new Dynamic(ratio, most);
    }

    /** The clamp of {@link #to}. */
    record Range(double range) implements Clipping {
        public Range {
            if (!(range > 0)) {
                throw new IllegalArgumentException("clip_sample_range is " + range + ". Give a number above 0.");
            }
        }

        @Override
        public Tensor of(Tensor denoised) {
            return denoised.clamp(-range, range);
        }
    }

    /** The threshold of {@link #dynamic}. */
    record Dynamic(double ratio, double most) implements Clipping {
        public Dynamic {
            if (!(ratio >= 0 && ratio <= 1) || !(most > 0)) {
                throw new IllegalArgumentException("dynamic_thresholding_ratio is " + ratio + " and sample_max_value "
                        + most + ". Give a quantile in [0, 1], usually 0.995, and a number above 0, usually 1.");
            }
        }

        @Override
        public Tensor of(Tensor denoised) {
            Tensor[] pictures = new Tensor[denoised.shape()[0]];
            for (int i = 0; i < pictures.length; i++) {
                Tensor picture = denoised.slice(i);
                double s = Math.min(Math.max(quantile(picture), 1), most);
                pictures[i] = picture.clamp(-s, s).over(s);
            }
            return Tensor.concat(pictures);
        }

        private double quantile(Tensor picture) {
            float[] sorted = picture.map(Math::abs).toArray();
            Arrays.sort(sorted);
            // as torch: the ratio is a float32 number, its rank is not
            double rank = (double) (float) ratio * (sorted.length - 1);
            int low = (int) rank;
            int high = Math.min(low + 1, sorted.length - 1);
            return sorted[low] + (rank - low) * (sorted[high] - sorted[low]);
        }
    }
}
