package org.daguerre.notebook.jjava;

import java.io.File;
import java.util.concurrent.CompletableFuture;
import org.daguerre.notebook.Notebook;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;

/**
 * Brings Daguerre into JJava, which finds it as a service. The kernel makes an instance at every change of the class path
 * and installs one, so the constructor does nothing; an exception out of {@link #install} would keep the kernel from
 * starting, so none leaves it.
 */
public final class DaguerreExtension implements Extension {

    /** Set to true in our kernelspec: the JVM is the kernel's own and ends with it. */
    public static final String EXIT = "daguerre.exitOnShutdown";

    /** Where Jupyter says which process the kernel belongs to; a kernel that is to outlive it is not told. */
    private static final String PARENT = "JPY_PARENT_PID";

    private JJavaHost host;

    @Override
    public void install(BaseKernel kernel) {
        host = new JJavaHost(kernel);
        Notebook.install(host, () -> LongArguments.allow(kernel));
        if (Boolean.getBoolean(EXIT)) {
            exitWithParent();
        }
    }

    @Override
    public void uninstall(BaseKernel kernel) {
        host.shutdown();
        if (Boolean.getBoolean(EXIT)) {
            exitSoon();
        }
    }

    /** A server that was killed, or whose terminal was closed, says no goodbye to its kernels. */
    private static void exitWithParent() {
        String parent = System.getenv(PARENT);
        if (parent == null || !parent.matches("\\d{1,18}") || File.separatorChar == '\\') { // on Windows it is a handle
            return;
        }
        ProcessHandle.of(Long.parseLong(parent))
                .map(ProcessHandle::onExit)
                .orElse(CompletableFuture.completedFuture(null))
                .thenRun(() -> System.exit(0));
    }

    /** JJava's idle evaluator threads keep a JVM up for a minute after the kernel has gone; the reply to the client goes out first. */
    private static void exitSoon() {
        Thread exit = new Thread(
                () -> {
                    try {
                        Thread.sleep(150);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    System.exit(0);
                },
                "daguerre-exit");
        exit.setDaemon(true);
        exit.start();
    }
}
