package org.daguerre.notebook;

import java.util.List;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.JupyterIO;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.magic.MagicParser;
import org.dflib.jjava.jupyter.kernel.magic.MagicTranspiler;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;
import org.dflib.jjava.jupyter.kernel.magic.ParsedLineMagic;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;

/** A kernel on the base that JJava stands on, in this JVM; the extension comes in as a service, as in JJava. */
final class JJavaKernel extends BaseKernel implements NotebookKernel {

    private final CellEvaluator cells = new CellEvaluator();
    private JupyterConnection connection;

    JJavaKernel() {
        super(
                "JJava",
                "1.0-a6",
                new LanguageInfo.Builder("Java").build(),
                List.of(),
                null,
                new JupyterIO(java.nio.charset.StandardCharsets.UTF_8),
                new CommManager(),
                new Renderer(),
                new MagicParser("(?<=(?:^|=))\\s*%", "%%", new ShowingTranspiler()),
                new MagicsRegistry(),
                true,
                new StringStyler.Builder().build());
    }

    /** 1.0-a6 hides the value of a magic by an empty block after it; from 1.0-a7 on, and so in the packaged kernel, it shows. */
    private static final class ShowingTranspiler extends MagicTranspiler {
        @Override
        public String transpileLine(ParsedLineMagic magic) {
            return super.transpileLine(magic).replaceFirst("\\{\\};$", "");
        }
    }

    @Override
    public void start(String connectionFile) throws Exception {
        onStartup();
        connection = new JupyterConnection(KernelConnectionProperties.parse(connectionFile));
        becomeHandlerForConnection(connection);
        connection.connect();
    }

    @Override
    public void close() {
        connection.close();
        onShutdown(false);
        cells.close();
    }

    @Override
    public Object evalRaw(String source) {
        return cells.eval(magicParser.resolveMagics(source));
    }

    @Override
    public void interrupt() {
        cells.interrupt();
    }

    @Override
    public DisplayData inspect(String code, int at, boolean extraDetail) {
        return null;
    }

    @Override
    public ReplacementOptions complete(String code, int at) {
        return null;
    }

    @Override
    public String isComplete(String code) {
        return IS_COMPLETE_MAYBE;
    }
}
