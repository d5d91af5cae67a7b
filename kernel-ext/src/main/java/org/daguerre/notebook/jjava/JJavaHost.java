package org.daguerre.notebook.jjava;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.daguerre.notebook.CellStream;
import org.daguerre.notebook.KernelHost;
import org.daguerre.notebook.MimeBundle;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.DisplayStream;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/**
 * JJava as a {@link KernelHost}. Compiled on jjava-jupyter 1.0-a6, run on 1.0a8 too: it calls only what is the same in
 * both, never {@code DisplayData.setDisplayId} (its result type changed) nor Gson (the packaged kernel moves it).
 */
public final class JJavaHost implements KernelHost {

    private final BaseKernel kernel;
    private final Deque<Runnable> atShutdown = new ArrayDeque<>();

    public JJavaHost(BaseKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public String name() {
        return kernel.getName() + " " + kernel.getVersion();
    }

    @Override
    public void lineMagic(String name, LineMagic magic) {
        kernel.getMagicsRegistry()
                .registerLineMagic(name, (BaseKernel k, java.util.List<String> arguments) -> magic.eval(arguments));
    }

    @Override
    public void cellMagic(String name, CellMagic magic) {
        kernel.getMagicsRegistry()
                .registerCellMagic(
                        name,
                        (BaseKernel k, java.util.List<String> arguments, String body) -> magic.eval(arguments, body));
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
        data.putTransientData("display_id", id);
        put(bundle, data);
        return data;
    }

    private static void put(MimeBundle bundle, DisplayData data) {
        bundle.data().forEach(data::putData);
        bundle.metadata().forEach(data::putMetaData);
    }

    @Override
    public Object eval(String source) {
        return kernel.evalRaw(source);
    }

    @Override
    public void onShutdown(Runnable action) {
        atShutdown.push(action);
    }

    /** Runs what was left for the shutdown. */
    void shutdown() {
        while (!atShutdown.isEmpty()) {
            atShutdown.pop().run();
        }
    }
}
