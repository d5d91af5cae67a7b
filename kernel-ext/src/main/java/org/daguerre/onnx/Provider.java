package org.daguerre.onnx;

/**
 * What a model runs on.
 *
 * @param device cpu or cuda:n
 * @param why the reason, one clause
 */
public record Provider(Device device, String why) {

    @Override
    public String toString() {
        return device + " (" + why + ")";
    }
}
