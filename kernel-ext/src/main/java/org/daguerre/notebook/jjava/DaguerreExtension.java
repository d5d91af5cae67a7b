package org.daguerre.notebook.jjava;

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

    private JJavaHost host;

    @Override
    public void install(BaseKernel kernel) {
        host = new JJavaHost(kernel);
        Notebook.install(host, () -> LongArguments.allow(kernel));
    }

    @Override
    public void uninstall(BaseKernel kernel) {
        host.shutdown();
        if (Boolean.getBoolean(EXIT)) {
            exitSoon();
        }
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
