package org.daguerre.notebook;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import io.github.spencerpark.jupyter.kernel.LanguageInfo;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.magic.LineMagicArgs;
import io.github.spencerpark.jupyter.kernel.magic.MagicParser;
import io.github.spencerpark.jupyter.kernel.magic.registry.Magics;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A kernel on the base that IJava stands on, with IJava's way of calling magics, in this JVM. It is public because cells
 * name it.
 */
public final class IJavaKernel extends BaseKernel implements NotebookKernel {

    private static IJavaKernel running;

    private final CellEvaluator cells = new CellEvaluator();
    private final MagicParser parser = new MagicParser("(?<=(?:^|=))\\s*%", "%%");
    private final Magics magics = new Magics();
    private JupyterConnection connection;

    public static IJavaKernel getKernelInstance() {
        return running;
    }

    public static Object lineMagic(String name, List<String> arguments) {
        try {
            return running.magics.applyLineMagic(name, arguments);
        } catch (Exception e) {
            throw new RuntimeException(
                    "Exception occurred while running line magic '" + name + "': " + e.getMessage(), e);
        }
    }

    public Magics getMagics() {
        return magics;
    }

    @Override
    public void start(String connectionFile) throws Exception {
        running = this;
        connection = new JupyterConnection(KernelConnectionProperties.parse(connectionFile));
        becomeHandlerForConnection(connection);
        connection.connect();
    }

    @Override
    public String firstCell() {
        return "org.daguerre.notebook.ijava.IJavaHost.install(" + IJavaKernel.class.getName()
                + ".getKernelInstance());";
    }

    @Override
    public void close() {
        connection.close();
        cells.close();
    }

    public Object evalRaw(String source) {
        return cells.eval(parser.transformLineMagics(source, call -> toJava(call.getMagicCall())));
    }

    @Override
    public DisplayData eval(String source) {
        Object value = evalRaw(source);
        return value == null ? null : getRenderer().render(value);
    }

    private static String toJava(LineMagicArgs call) {
        return IJavaKernel.class.getName() + ".lineMagic(" + constant(call.getName()) + ",java.util.List.of("
                + call.getArgs().stream().map(IJavaKernel::constant).collect(Collectors.joining(",")) + "));{};";
    }

    private static String constant(String text) {
        return "new String(java.util.Base64.getDecoder().decode(\""
                + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))
                + "\"), java.nio.charset.StandardCharsets.UTF_8)";
    }

    @Override
    public void interrupt() {
        cells.interrupt();
    }

    @Override
    public LanguageInfo getLanguageInfo() {
        return new LanguageInfo.Builder("Java").build();
    }
}
