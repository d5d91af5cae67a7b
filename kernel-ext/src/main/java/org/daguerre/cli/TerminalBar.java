package org.daguerre.cli;

import java.io.PrintWriter;
import org.daguerre.run.ProgressText;
import picocli.CommandLine.Help.Ansi;

/** A bar that moves in one line of a terminal, on the error stream; nothing where there is no terminal. */
final class TerminalBar implements AutoCloseable {

    private static final long BETWEEN_UPDATES = 100_000_000L;

    private final PrintWriter err;
    private final boolean terminal = Ansi.AUTO.enabled();
    private double startFraction = Double.NaN;
    private long start;
    private long last;
    private int width;

    TerminalBar(PrintWriter err) {
        this.err = err;
    }

    /** Says what is being done while nobody can tell how far it has come; the bar begins after it. */
    void say(String label) {
        if (terminal) {
            print(label + " ...");
        }
    }

    void show(String label, double fraction) {
        long now = System.nanoTime();
        if (Double.isNaN(startFraction)) {
            startFraction = fraction;
            start = now;
        }
        if (!terminal || fraction < 1 && now - last < BETWEEN_UPDATES) {
            return;
        }
        last = now;
        print(ProgressText.of(label, fraction, startFraction, (now - start) / 1e9)
                .toString());
    }

    private void print(String line) {
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
