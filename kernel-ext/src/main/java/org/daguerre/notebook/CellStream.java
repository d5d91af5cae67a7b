package org.daguerre.notebook;

import java.lang.reflect.Field;

/** A stream to the running cell alone: a kernel's own lets go of a cell that ends, and then shows nothing in it. */
public final class CellStream {

    private CellStream() {}

    /**
     * The two kernel families have classes of their own for it, which keep the cell in the same field.
     *
     * @param shared the kernel's own
     * @param cell another of its class, which has no cell yet
     * @return {@code cell} with the running cell, or {@code shared} where the kernel keeps its cell in another way
     */
    public static <S> S of(S shared, S cell) {
        try {
            Field env = cell.getClass().getDeclaredField("env"); // there is no public way
            env.setAccessible(true);
            env.set(cell, env.get(shared));
            return cell;
        } catch (ReflectiveOperationException e) {
            return shared;
        }
    }
}
