package org.daguerre.notebook.ijava;

import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.DisplayStream;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.magic.registry.Magics;
import java.lang.reflect.Method;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.daguerre.notebook.CellStream;
import org.daguerre.notebook.KernelHost;
import org.daguerre.notebook.MimeBundle;
import org.daguerre.notebook.Notebook;

/**
 * IJava, and any other kernel on jupyter-jvm-basekernel 2.3.0 that has magics, as a {@link KernelHost}. The base kernel
 * knows no magics and gives no values; IJava's own class does, and it is not on Maven Central, so both are called by
 * reflection. IJava looks for no extensions, so a cell installs Daguerre:
 *
 * <pre>{@code
 * org.daguerre.notebook.ijava.IJavaHost.install(io.github.spencerpark.ijava.IJava.getKernelInstance());
 * }</pre>
 */
public final class IJavaHost implements KernelHost {

    private final BaseKernel kernel;
    private final Magics magics;
    private final Method evalRaw;

    /** @throws IllegalArgumentException if the kernel has no {@code Magics getMagics()} and {@code Object evalRaw(String)} */
    public IJavaHost(BaseKernel kernel) {
        this.kernel = kernel;
        try {
            this.magics = (Magics) kernel.getClass().getMethod("getMagics").invoke(kernel);
            this.evalRaw = kernel.getClass().getMethod("evalRaw", String.class);
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new IllegalArgumentException(
                    kernel.getClass().getName()
                            + " has no magics. Use IJava 1.3.0, or JJava, which needs no installing.",
                    e);
        }
    }

    /** Installs Daguerre into a kernel and returns what to type first. */
    public static String install(BaseKernel kernel) {
        return Notebook.install(new IJavaHost(kernel));
    }

    @Override
    public String name() {
        return "IJava";
    }

    @Override
    public void lineMagic(String name, LineMagic magic) {
        magics.registerLineMagic(name, arguments -> shown(magic.eval(arguments)));
    }

    @Override
    public void cellMagic(String name, CellMagic magic) {
        magics.registerCellMagic(name, (arguments, body) -> shown(magic.eval(arguments, body)));
    }

    /** IJava puts an empty block after a magic, so that its value is not the cell's: it has to be displayed. */
    private Object shown(Object value) {
        if (value != null) {
            kernel.display(kernel.getRenderer().render(value));
        }
        return value;
    }

    @Override
    public <T> void renderer(Class<T> type, Function<? super T, MimeBundle> renderer) {
        kernel.getRenderer()
                .createRegistration(type)
                .preferring(MimeBundle.TEXT, MimeBundle.HTML, MimeBundle.PNG)
                .register((value, context) -> put(MimeBundle.of(value, renderer), context.getOutputContainer()));
    }

    @Override
    public Consumer<MimeBundle> display(MimeBundle bundle) {
        String id = "daguerre-" + UUID.randomUUID();
        DisplayStream cell = CellStream.of(kernel.getIO().display, new DisplayStream());
        cell.display(data(id, bundle));
        return next -> cell.updateDisplay(data(id, next));
    }

    private static DisplayData data(String id, MimeBundle bundle) {
        DisplayData data = new DisplayData();
        data.setDisplayId(id);
        put(bundle, data);
        return data;
    }

    private static void put(MimeBundle bundle, DisplayData data) {
        bundle.data().forEach(data::putData);
        bundle.metadata().forEach(data::putMetaData);
    }

    @Override
    public Object eval(String source) throws Exception {
        return evalRaw.invoke(kernel, source);
    }

    /** The base kernel tells nobody of its shutdown, the JVM does. */
    @Override
    public void onShutdown(Runnable action) {
        Runtime.getRuntime().addShutdownHook(new Thread(action, "daguerre-shutdown"));
    }
}
