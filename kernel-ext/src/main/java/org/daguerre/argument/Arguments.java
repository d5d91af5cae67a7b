package org.daguerre.argument;

import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.daguerre.name.Names;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How commands and magics read their arguments: picocli's parser, and for every mistake one sentence of fact and one of
 * remedy. The description of an option or parameter says what it may be, and is the remedy: "the number of steps, 1 or
 * more".
 */
public final class Arguments {

    /** Stands in a description for the values that an option's completion offers. */
    static final String VALUES = "${COMPLETION-CANDIDATES}";

    private Arguments() {}

    /** The parser of an annotated command. Arguments are data: neither {@code @file} nor quotes are expanded. */
    public static CommandLine parser(Object command) {
        return new CommandLine(command)
                .setExpandAtFiles(false)
                .registerConverter(double.class, Arguments::number)
                .registerConverter(Double.class, Arguments::number);
    }

    /**
     * Fills in an annotated command.
     *
     * @return the help text if {@code --help} is among the arguments
     * @throws IllegalArgumentException with fact and remedy if the arguments are wrong
     */
    public static Optional<String> parse(Object command, List<String> arguments) {
        CommandLine parser = parser(command);
        try {
            List<CommandLine> parsed =
                    parser.parseArgs(arguments.toArray(String[]::new)).asCommandLineList();
            CommandLine last = parsed.get(parsed.size() - 1);
            return last.isUsageHelpRequested()
                    ? Optional.of(last.getUsageMessage(CommandLine.Help.Ansi.OFF))
                    : Optional.empty();
        } catch (ParameterException e) {
            throw new IllegalArgumentException(explain(e));
        }
    }

    /** What was wrong, and what would be right. */
    public static String explain(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        if (e instanceof OverwrittenOptionException twice) {
            return name(twice.getOverwritten()) + " is given twice. Give it once.";
        }
        if (e instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            ArgSpec first = missing.getMissing().get(0);
            String fact = !first.isOption()
                    ? " is missing"
                    : first.required() ? " and its value are needed" : " has no value";
            return name(first) + fact + ". Give " + mayBe(first) + ".";
        }
        ArgSpec argument = e.getArgSpec();
        if (argument == null) {
            return e.getMessage();
        }
        if (e.getValue() == null) {
            return name(argument) + " has no value. Give " + mayBe(argument) + ".";
        }
        return name(argument) + " is " + Names.quoted(e.getValue()) + ", " + fault(argument, e.getValue()) + ". Give "
                + mayBe(argument) + ".";
    }

    private static String unmatched(UnmatchedArgumentException e) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String argument = e.getUnmatched().get(0);
        String kind = e.isUnknownOption() ? " is no option of " : " is one argument too many for ";
        String fact = Names.quoted(argument) + kind + command.qualifiedName() + ". ";
        if (e.isUnknownOption()) {
            return fact + oneOf("some", argument.replaceFirst("=.*", ""), options(command));
        }
        Optional<OptionSpec> broken = command.options().stream()
                .filter(option ->
                        option.getValue() instanceof String typed && (typed.endsWith(",") || argument.startsWith(",")))
                .findFirst();
        if (broken.isPresent()) {
            String name = broken.get().longestName();
            String typed = broken.get().getValue();
            return name + " is " + Names.quoted(typed) + ", and " + Names.quoted(argument)
                    + " stands apart from it. Give its values without blanks: " + name + " "
                    + Names.shortened(typed + argument) + ".";
        }
        return command.subcommands().isEmpty()
                ? fact + "Put a text with blanks into double quotes."
                : fact + oneOf("one", argument, command.subcommands().keySet());
    }

    private static String oneOf(String howMany, String typed, Collection<String> names) {
        return Names.near(typed, names).stream()
                .findFirst()
                .map(near -> "Did you mean " + near + "?")
                .orElse("Give " + howMany + " of: " + String.join(", ", names) + ".");
    }

    private static List<String> options(CommandSpec command) {
        return command.options().stream().map(OptionSpec::longestName).toList();
    }

    private static String fault(ArgSpec argument, String value) {
        Class<?> type = argument.type();
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            try {
                new BigInteger(value);
                return "more than fits";
            } catch (NumberFormatException e) {
                return "not a whole number";
            }
        }
        return type == double.class || type == Double.class ? "not a number" : "not one of its values";
    }

    private static double number(String value) {
        double number;
        try {
            number = Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("not a number");
        }
        if (!Double.isFinite(number)) {
            throw new TypeConversionException("not a finite number");
        }
        return number;
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String mayBe(ArgSpec argument) {
        String described = String.join(" ", argument.description());
        Iterable<String> values = argument.completionCandidates();
        return values == null ? described : described.replace(VALUES, String.join(", ", values));
    }
}
