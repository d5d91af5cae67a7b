package org.daguerre.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.daguerre.argument.ModelOptions;
import org.daguerre.pipeline.Daguerre;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code daguerre models [NAME]}. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Lists the models, or loads one and shows its card.")
final class ModelsCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "a model's name or its folder")
    private String name;

    @Mixin
    private ModelOptions where;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (name != null) {
            out.println(where.load(name).card());
            return 0;
        }
        List<String> models = Daguerre.listing();
        if (models.isEmpty()) {
            throw new IllegalStateException(
                    "no model was found. Set DAGUERRE_MODELS to the folder of the model folders.");
        }
        models.forEach(out::println);
        return 0;
    }
}
