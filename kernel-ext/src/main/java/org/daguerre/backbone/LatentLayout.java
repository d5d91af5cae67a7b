package org.daguerre.backbone;

import org.daguerre.tensor.Tensor;

/** How a state {@code [b, c, h, w]} lies in the input of a graph. */
enum LatentLayout {
    /** As it is. */
    PLANES {
        @Override
        Tensor pack(Tensor x) {
            return x;
        }

        @Override
        Tensor unpack(Tensor out, int height, int width) {
            return out;
        }
    },

    /** Flux: patches of 2 x 2 in reading order, {@code [b, (h/2)(w/2), 4c]}; a patch is channel, row, column. */
    PATCHES {
        @Override
        Tensor pack(Tensor x) {
            int[] shape = x.shape();
            float[] planes = x.toArray();
            float[] patches = new float[planes.length];
            for (int i = 0; i < planes.length; i++) {
                patches[patched(i, shape[1], shape[2], shape[3])] = planes[i];
            }
            return Tensor.wrap(patches, shape[0], shape[2] / 2 * (shape[3] / 2), 4 * shape[1]);
        }

        @Override
        Tensor unpack(Tensor out, int height, int width) {
            int channels = out.shape()[2] / 4;
            float[] patches = out.toArray();
            float[] planes = new float[patches.length];
            for (int i = 0; i < planes.length; i++) {
                planes[i] = patches[patched(i, channels, height, width)];
            }
            return Tensor.wrap(planes, out.shape()[0], channels, height, width);
        }

        /** Where the value at place i of {@code [b, c, h, w]} lies among the patches. */
        private int patched(int i, int channels, int height, int width) {
            int column = i % width;
            int row = i / width % height;
            int channel = i / (width * height) % channels;
            int picture = i / (width * height * channels);
            int patch = (picture * (height / 2) + row / 2) * (width / 2) + column / 2;
            return ((patch * channels + channel) * 2 + row % 2) * 2 + column % 2;
        }
    };

    abstract Tensor pack(Tensor x);

    abstract Tensor unpack(Tensor out, int height, int width);
}
