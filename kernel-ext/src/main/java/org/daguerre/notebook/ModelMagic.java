package org.daguerre.notebook;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.daguerre.argument.ModelOptions;
import org.daguerre.name.Names;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.pipeline.LoadedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code %model}, in Java {@code Daguerre.model("tray")}. */
@Command(name = "%model", description = "Lists the models, or loads one, makes it the current one and shows its card.")
final class ModelMagic extends Magic {

    private final Session session;
    private final KernelHost host;

    @Parameters(
            paramLabel = "NAME or FOLDER",
            arity = "0..1",
            description = "a model's name or its folder; backslashes doubled, blanks in double quotes")
    private String name;

    @Mixin
    private ModelOptions options;

    ModelMagic(Session session, KernelHost host) {
        this.session = session;
        this.host = host;
    }

    @Override
    public Object call() {
        if (name == null) {
            return list(Daguerre.listing());
        }
        LoadedModel model = Waiting.during(host, "loading " + Names.quoted(name), () -> options.load(name));
        // between two networks; the cell has ended, and the next one counts on the model of before
        if (Thread.interrupted()) {
            throw new CancellationException("interrupted while loading. The current model is the one before.");
        }
        session.update(now -> now.model(model));
        return model;
    }

    private static MimeBundle list(List<String> models) {
        return MimeBundle.text(
                models.isEmpty()
                        ? "No model was found. Set DAGUERRE_MODELS to the folder of the model folders, or give %model a folder."
                        : String.join("\n", models));
    }
}
