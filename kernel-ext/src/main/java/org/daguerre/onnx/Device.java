package org.daguerre.onnx;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daguerre.name.Names;

/**
 * Where a model is to run, as asked for; {@link Provider} is what came of it.
 *
 * @param kind what to run on
 * @param index the number of the GPU, 0 or more
 * @param cuda how CUDA is used where it is
 */
public record Device(Kind kind, int index, CudaSettings cuda) {

    /** What can be asked for. */
    public enum Kind {
        /** CUDA where it works, otherwise the CPU. */
        AUTO,
        /** The CPU. */
        CPU,
        /** A CUDA GPU or nothing. */
        CUDA
    }

    public static final Device AUTO = new Device(Kind.AUTO, 0);
    public static final Device CPU = new Device(Kind.CPU, 0);

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    public Device(Kind kind, int index) {
        this(kind, index, CudaSettings.DEFAULT);
    }

    /** The same, with CUDA used so. */
    public Device cuda(CudaSettings cuda) {
        return new Device(kind, index, cuda);
    }

    Device asCuda() {
        return new Device(Kind.CUDA, index, cuda);
    }

    /** auto, cpu, cuda or cuda:n. */
    public static Device of(String name) {
        Matcher cuda = CUDA.matcher(name);
        if (cuda.matches()) {
            return new Device(Kind.CUDA, cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
        }
        return switch (name) {
            case "auto" -> AUTO;
            case "cpu" -> CPU;
            default ->
                throw new IllegalArgumentException(
                        "device is " + Names.quoted(name) + ". Give auto, cpu, cuda or cuda:n (n counts GPUs from 0).");
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case AUTO -> "auto";
            case CPU -> "cpu";
            case CUDA -> "cuda:" + index;
        };
    }
}
