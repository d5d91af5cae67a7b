package org.daguerre.sampler;

import java.util.List;
import org.daguerre.tensor.Tensor;

/** Adams and Bashforth's extrapolation over equal steps, as PNDM and its improved form use it. */
final class AdamsBashforth {

    private AdamsBashforth() {}

    /** The mean slope of the step ahead, from one to four slopes, newest first. */
    static Tensor slope(List<Tensor> e) {
        return switch (e.size()) {
            case 1 -> e.get(0);
            case 2 -> Tensor.combine(3 / 2.0, e.get(0), -1 / 2.0, e.get(1));
            case 3 -> Tensor.combine(23 / 12.0, e.get(0), -16 / 12.0, e.get(1), 5 / 12.0, e.get(2));
            default -> Tensor.combine(new double[] {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}, e);
        };
    }
}
