package org.daguerre.onnx;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How CUDA is used, for every network of a model by itself.
 *
 * @param memoryLimit the most bytes of the GPU's memory that a network may take, its weights included; 0 for all there is
 * @param tf32 whether products of float32 are rounded to TF32's 10 bits of fraction, which is faster on cards since Ampere and
 *     differs from the CPU in the third digit
 */
public record CudaSettings(long memoryLimit, boolean tf32) {

    /** All of the memory, and the CPU's precision. */
    public static final CudaSettings DEFAULT = new CudaSettings(0, false);

    public CudaSettings {
        if (memoryLimit < 0) {
            throw new IllegalArgumentException("memoryLimit is " + memoryLimit + " bytes. Give 0 (no limit) or more.");
        }
    }

    /**
     * As ONNX Runtime names them. Memory grows by what is asked for and not in powers of two; convolutions are chosen by cuDNN's
     * heuristics, because trying them all takes seconds for every new size.
     *
     * @param index the number of the GPU
     */
    public Map<String, String> options(int index) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("device_id", Integer.toString(index));
        options.put("arena_extend_strategy", "kSameAsRequested");
        options.put("cudnn_conv_algo_search", "HEURISTIC");
        options.put("use_tf32", tf32 ? "1" : "0");
        if (memoryLimit > 0) {
            options.put("gpu_mem_limit", Long.toString(memoryLimit));
        }
        return options;
    }
}
