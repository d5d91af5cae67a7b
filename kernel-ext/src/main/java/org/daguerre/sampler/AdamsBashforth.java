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
            case 2 -> e.get(0).times(3).minus(e.get(1)).over(2);
            case 3 -> e.get(0).times(23).plus(-16, e.get(1)).plus(5, e.get(2)).over(12);
            default ->
                e.get(0)
                        .times(55)
                        .plus(-59, e.get(1))
                        .plus(37, e.get(2))
                        .plus(-9, e.get(3))
                        .over(24);
        };
    }
}
