package org.daguerre.backbone;

import java.util.Arrays;
import java.util.Map;
import org.daguerre.onnx.Port;
import org.daguerre.tensor.Tensor;

/** The guidance scale as an input of a network that was distilled under guidance (Meng et al. 2023, arXiv 2210.03142). */
enum GuidanceInput {
    /** Flux: the scale w itself, {@code [b]}. */
    SCALE("guidance") {
        @Override
        Tensor value(double guidanceScale, Port port, int batch) {
            return Tensor.filled(guidanceScale, batch);
        }
    },

    /**
     * Latent consistency models (Luo et al. 2023, arXiv 2310.04378): sines and cosines of 1000 (w - 1), {@code [b, dim]}, for
     * the paper counts w from 0.
     */
    EMBEDDING("timestep_cond") {
        @Override
        Tensor value(double guidanceScale, Port port, int batch) {
            int half = port.axis(1) / 2;
            float[] row = new float[port.axis(1)];
            double decay = -(float) (Math.log(10000) / (half - 1));
            for (int i = 0; i < half; i++) {
                float angle = (float) ((float) ((guidanceScale - 1) * 1000) * (float) Math.exp((float) (i * decay)));
                row[i] = (float) Math.sin(angle);
                row[half + i] = (float) Math.cos(angle);
            }
            return Conditioning.repeat(Tensor.wrap(row, 1, row.length), batch);
        }
    };

    private final String input;

    GuidanceInput(String input) {
        this.input = input;
    }

    /** The one that a graph has, or null. */
    static GuidanceInput of(Map<String, Port> inputs) {
        return Arrays.stream(values())
                .filter(guidance -> inputs.containsKey(guidance.input))
                .findFirst()
                .orElse(null);
    }

    String input() {
        return input;
    }

    abstract Tensor value(double guidanceScale, Port port, int batch);
}
