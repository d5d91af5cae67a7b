package org.daguerre.pipeline;

import java.util.Arrays;
import org.daguerre.image.Picture;
import org.daguerre.run.Run;
import org.daguerre.run.Sampling;
import org.daguerre.sampler.Inpainting;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * What a run starts from: noise drawn from its seed, given latents, or a picture with noise on it (Meng et al. 2021, "SDEdit",
 * arXiv 2108.01073), of which a mask may keep a part.
 *
 * @param image the picture, or null
 * @param strength the part of the steps that is made, above 0 to 1: the more, the less is left of the picture
 * @param mask white where the picture is made anew, black where it is kept; null makes all of it anew
 * @param latents the state at full noise, before the plan scales it; null draws it
 */
record Origin(Picture image, double strength, Picture mask, Tensor latents) {

    /** diffusers' own for image-to-image. */
    static final double DEFAULT_STRENGTH = 0.8;

    static final Origin NOISE = new Origin(null, DEFAULT_STRENGTH, null, null);

    private static final int WHITE = 128;

    Origin {
        if (!(strength > 0 && strength <= 1)) {
            throw new IllegalArgumentException("strength is " + strength
                    + ". Give a number above 0 (the picture as it is) up to 1 (nothing of it is left).");
        }
    }

    Origin image(Picture image) {
        return new Origin(image, strength, mask, latents);
    }

    Origin strength(double strength) {
        return new Origin(image, strength, mask, latents);
    }

    Origin mask(Picture mask) {
        return new Origin(image, strength, mask, latents);
    }

    Origin latents(Tensor latents) {
        return new Origin(image, strength, mask, latents);
    }

    /** Passes if the parts go with each other, in whatever order they were given, and with a state of this shape. */
    void check(int[] shape, int scale, int steps) {
        if (latents != null) {
            String besides = image != null ? "an image" : ofImage();
            if (besides != null) {
                throw new IllegalArgumentException(besides + " is given beside latents, from which a run starts as they"
                        + " are. Leave one of them out.");
            }
            checkLatents(shape);
            return;
        }
        if (image == null) {
            if (ofImage() != null) {
                throw new IllegalArgumentException(
                        ofImage() + " is given without an image. Give the image that it is for.");
            }
            return;
        }
        int height = shape[2] * scale;
        int width = shape[3] * scale;
        checkImage(height, width);
        if (mask != null) {
            checkSize("mask", mask, height, width);
        }
        if ((int) (steps * strength) < 1) {
            throw new IllegalArgumentException("strength " + strength + " leaves none of " + steps
                    + " steps to be made. Give more steps or a strength of at least " + 1.0 / steps + ".");
        }
    }

    /** What is given that only an image can have, or null. */
    private String ofImage() {
        return mask != null ? "a mask" : strength != DEFAULT_STRENGTH ? "strength" : null;
    }

    /** The image that is to be inverted, which is all that is given. */
    Picture inverted() {
        if (image == null) {
            throw new IllegalStateException("there is no image to be inverted. Give one: request.image(picture).");
        }
        String besides = latents != null ? "the noise" : ofImage();
        if (besides != null) {
            throw new IllegalArgumentException(
                    besides + " is given, and an inverted image starts from its own noise and"
                            + " is made anew as a whole. Leave that out.");
        }
        return image;
    }

    void checkLatents(int[] shape) {
        if (!Arrays.equals(latents.shape(), shape)) {
            throw new IllegalArgumentException("latents have shape " + Arrays.toString(latents.shape()) + ". Give "
                    + Arrays.toString(shape) + ", as Noise.seed(7).draw(...) does.");
        }
    }

    void checkImage(int height, int width) {
        checkSize("image", image, height, width);
    }

    private static void checkSize(String what, Picture picture, int height, int width) {
        if (picture.height() != height || picture.width() != width) {
            throw new IllegalArgumentException(what + " is " + picture.height() + " x " + picture.width()
                    + " pixels (height x width), the picture to be made " + height + " x " + width
                    + ". Crop and scale it to that.");
        }
    }

    /**
     * The run of a sampling from here. A picture enters the plan at step steps - floor(steps strength), as in diffusers, with
     * noise drawn after the encoder's.
     */
    Run start(Model model, Sampling sampling) {
        Plan plan = sampling.plan();
        if (latents != null) {
            return sampling.start(Trajectory.start(plan, 0, plan.start(latents), Noise.seed(sampling.seed())));
        }
        if (image == null) {
            return sampling.start();
        }
        int first = Math.min(sampling.steps() - (int) (sampling.steps() * strength), plan.count() - 1);
        Noise.Draw x0 = model.encode(image.toTensor(), Noise.seed(sampling.seed()));
        Noise.Draw noise = x0.after().draw(sampling.shape());
        if (mask == null) {
            Tensor x = plan.start(first, x0.tensor(), noise.tensor());
            return sampling.start(Trajectory.start(plan, first, x, noise.after()));
        }
        Inpainting inpainting = new Inpainting(x0.tensor(), noise.tensor(), mask(model.scale(), sampling.shape()));
        Tensor x = first == 0 ? plan.start(noise.tensor()) : plan.start(first, x0.tensor(), noise.tensor());
        return sampling.edits(inpainting).start(Trajectory.start(plan, first, x, noise.after()));
    }

    /** The mask of a state, one value for a square of pixels: that of its first, as diffusers takes it. */
    private Tensor mask(int scale, int[] shape) {
        int height = shape[2];
        int width = shape[3];
        float[] values = new float[shape[1] * height * width];
        for (int i = 0; i < values.length; i++) {
            int place = i % (height * width);
            values[i] = luma(mask.pixel(place % width * scale, place / width * scale)) >= WHITE ? 1 : 0;
        }
        Tensor mask = Tensor.wrap(values, shape);
        if (mask.sum() == 0) {
            throw new IllegalArgumentException("the mask is black where a square of " + scale + " x " + scale
                    + " pixels begins, so it keeps everything. Paint white what is to be made anew.");
        }
        return mask;
    }

    /** ITU-R 601, in the whole numbers of PIL. */
    private static int luma(int rgb) {
        return ((rgb >> 16 & 255) * 19595 + (rgb >> 8 & 255) * 38470 + (rgb & 255) * 7471 + 0x8000) >> 16;
    }

    @Override
    public String toString() {
        return image != null
                ? "from a picture, strength " + strength + (mask == null ? "" : ", masked")
                : latents != null ? "from latents " + Arrays.toString(latents.shape()) : "from noise";
    }
}
