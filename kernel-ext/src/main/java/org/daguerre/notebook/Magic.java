package org.daguerre.notebook;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** A magic as a picocli command: its fields are filled in with the arguments, its call gives the value that is shown. */
abstract class Magic implements Callable<Object> {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "shows this text")
    private boolean help;
}
