package org.daguerre.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import org.daguerre.argument.Arguments;
import org.daguerre.pipeline.Daguerre;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/**
 * {@code daguerre COMMAND}: the engine without a notebook. Ends with 0 if all is well, 1 if something failed, 2 if the
 * arguments are wrong; what went wrong is one sentence of fact and one of remedy on the error stream.
 */
@Command(
        name = "daguerre",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class,
        description = "Image diffusion models, opened up.",
        subcommands = {
            SampleCommand.class,
            CompareCommand.class,
            ModelsCommand.class,
            ExportCommand.class,
            ScenesCommand.class,
            EvaluateCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            GenerateCompletion.class
        })
public final class Main {

    static final int FAILED = 1;
    static final int WRONG_ARGUMENTS = 2;

    private Main() {}

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    /** Runs a command and returns the exit code. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine parser = Arguments.parser(new Main()).setOut(out).setErr(err);
        parser.setParameterExceptionHandler((mistake, given) -> answer(mistake));
        parser.setExecutionExceptionHandler((failure, command, result) -> answer(failure, command));
        if (arguments.length == 0) {
            parser.usage(out);
            return WRONG_ARGUMENTS;
        }
        try {
            return parser.execute(arguments);
        } catch (Error failure) { // picocli answers exceptions only
            return answer(failure, err);
        }
    }

    private static int answer(ParameterException mistake) {
        CommandLine command = mistake.getCommandLine();
        command.getErr().println("daguerre: " + Arguments.explain(mistake));
        command.getErr().println("`" + command.getCommandSpec().qualifiedName() + " --help` shows all that it takes.");
        return WRONG_ARGUMENTS;
    }

    private static int answer(Error failure, PrintWriter err) {
        String reason = String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
        if (failure instanceof OutOfMemoryError) {
            err.println("daguerre: the memory is full (" + reason
                    + "). Ask for fewer or smaller pictures, or set JDK_JAVA_OPTIONS=-Xmx4g for a heap of 4 GB.");
        } else if (failure instanceof LinkageError) {
            err.println("daguerre: a library cannot be loaded ("
                    + failure.getClass().getSimpleName() + ": " + reason
                    + "). `daguerre doctor` looks for the reason.");
        } else {
            err.println("daguerre: " + failure.getClass().getSimpleName() + " ended it (" + reason
                    + "). `daguerre doctor` looks for the reason.");
        }
        return FAILED;
    }

    private static int answer(Exception failure, CommandLine command) {
        if (failure instanceof IllegalArgumentException) {
            command.getErr().println("daguerre: " + failure.getMessage());
            return WRONG_ARGUMENTS;
        }
        boolean explained = failure instanceof IllegalStateException
                || failure instanceof UnsupportedOperationException
                || failure instanceof UncheckedIOException
                || failure instanceof CancellationException;
        String fact = explained ? failure.getMessage() : failure.toString();
        String remedy = explained
                ? ""
                : failure instanceof IOException
                        ? " Check that the file or folder exists and can be read and written."
                        : " `daguerre doctor` looks for the reason.";
        command.getErr().println("daguerre: " + fact + (fact.endsWith(".") ? "" : ".") + remedy);
        return FAILED;
    }

    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"daguerre " + Daguerre.version(), "Java " + Runtime.version()};
        }
    }
}
