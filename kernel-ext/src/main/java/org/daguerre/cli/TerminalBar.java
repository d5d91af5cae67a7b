package org.daguerre.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Help.Ansi;

/** A bar that moves in one line of a terminal, on the error stream; nothing where there is no terminal. */
final class TerminalBar implements AutoCloseable {

    private static final long BETWEEN_UPDATES = 100_000_000L;

    private final PrintWriter err;
    private final boolean terminal = Ansi.AUTO.enabled();
    private final long start = System.nanoTime();
    private double startFraction = Double.NaN;
    private long last;
    private int width;

    TerminalBar(PrintWriter err) {
        this.err = err;
    }

    void show(String label, double fraction) {
        startFraction = Double.isNaN(startFraction) ? fraction : startFraction;
        long now = System.nanoTime();
        if (!terminal || fraction < 1 && now - last < BETWEEN_UPDATES) {
            return;
        }
        last = now;
        String line = ProgressText.of(label, fraction, startFraction, (now - start) / 1e9)
                .toString();
        err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
        err.flush();
        width = line.length();
    }

    /** Leaves an empty line for what comes next. */
    @Override
    public void close() {
        if (width > 0) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
        }
    }
}
