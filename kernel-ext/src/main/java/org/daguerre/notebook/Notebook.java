package org.daguerre.notebook;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.daguerre.argument.Arguments;
import org.daguerre.argument.Choices;
import org.daguerre.pipeline.Daguerre;

/** Daguerre in a notebook: here names meet magics, and types their renderers. */
public final class Notebook {

    /** What cells need not import. */
    static final String IMPORTS = String.join(
            "\n",
            "import java.nio.file.*;",
            "import org.daguerre.tensor.*;",
            "import org.daguerre.schedule.*;",
            "import org.daguerre.denoiser.*;",
            "import org.daguerre.guidance.*;",
            "import org.daguerre.sampler.*;",
            "import org.daguerre.run.*;",
            "import org.daguerre.path.*;",
            "import org.daguerre.backbone.*;",
            "import org.daguerre.text.*;",
            "import org.daguerre.pipeline.*;",
            "import org.daguerre.image.*;",
            "import org.daguerre.plot.*;",
            "import org.daguerre.table.*;",
            "import org.daguerre.nd.*;",
            "import org.daguerre.training.*;");

    private final KernelHost host;
    private final Session session = new Session();
    private final List<String> problems = new ArrayList<>();

    private Notebook(KernelHost host) {
        this.host = host;
    }

    /**
     * Installs magics, renderers and imports. It never throws: what fails is left out, said in one line, and kept for {@code
     * %daguerre doctor}.
     *
     * @return one line for people
     */
    public static String install(KernelHost host) {
        return install(host, () -> {});
    }

    /** The same, with something that one kernel alone needs: it may fail as the rest may. */
    public static String install(KernelHost host, Part ofThisKernel) {
        Notebook notebook = new Notebook(host);
        notebook.attempt("way with this kernel", ofThisKernel);
        notebook.attempt("magics", notebook::magics);
        notebook.attempt("renderers", notebook::renderers);
        notebook.attempt("imports", () -> host.eval(IMPORTS));
        if (notebook.problems.isEmpty()) {
            return "Daguerre " + Daguerre.version() + " is here. %daguerre help shows what it does.";
        }
        String line = "Daguerre is here in part, " + String.join("; ", notebook.problems)
                + ". %daguerre doctor looks for the reason.";
        System.out.println(line);
        return line;
    }

    /** A part of an installation. */
    @FunctionalInterface
    public interface Part {
        void install() throws Exception;
    }

    private void attempt(String name, Part part) {
        try {
            part.install();
        } catch (Throwable t) {
            problems.add("without its " + name + ": " + t);
        }
    }

    private void magics() {
        magics(host, session, problems)
                .forEach((name, magic) -> host.lineMagic(name, arguments -> call(magic.get(), arguments)));
    }

    /** The magics by name: annotated commands, new for every call so that nothing is left over from the one before. */
    static Map<String, Supplier<Magic>> magics(KernelHost host, Session session, List<String> problems) {
        Choices choices = new Choices(new NotebookVariables(host));
        Map<String, Supplier<Magic>> magics = new LinkedHashMap<>();
        magics.put("daguerre", () -> new DaguerreMagic(host, session, problems));
        magics.put("model", () -> new ModelMagic(session, host));
        magics.put("sample", () -> new SampleMagic(session, host, choices));
        magics.put("start", () -> new StartMagic(session, choices));
        magics.put("step", () -> new StepMagic(session, host));
        magics.put("back", () -> new BackMagic(session, host));
        magics.put("branch", () -> new BranchMagic(session, choices));
        magics.put("finish", () -> new FinishMagic(session, host));
        magics.put("compare", () -> new CompareMagic(session, host, choices));
        magics.put("train", () -> new TrainMagic(session, host));
        magics.put("plot", () -> new PlotMagic(session, host, choices));
        magics.put("attention", () -> new AttentionMagic(session, host));
        return magics;
    }

    private void renderers() {
        new Renderings(session).register(host);
    }

    private static Object call(Magic magic, List<String> arguments) throws Exception {
        try {
            Optional<String> help = Arguments.parse(magic, withoutSemicolon(arguments));
            return help.isPresent() ? MimeBundle.text(help.get()) : magic.call();
        } catch (IllegalArgumentException
                | IllegalStateException
                | UnsupportedOperationException
                | UncheckedIOException mistake) {
            // The message is the answer; the kernels would print frames and causes in red below it.
            IllegalStateException answer = new IllegalStateException(mistake.getMessage());
            answer.setStackTrace(new StackTraceElement[0]);
            throw answer;
        }
    }

    /** Java's habit ends a line with a semicolon, and the kernels make it part of the last argument. */
    static List<String> withoutSemicolon(List<String> arguments) {
        int last = arguments.size() - 1;
        if (last < 0 || !arguments.get(last).endsWith(";")) {
            return arguments;
        }
        List<String> kept = new ArrayList<>(arguments);
        String stripped = kept.remove(last).replaceFirst(";+$", "");
        if (!stripped.isEmpty()) {
            kept.add(stripped);
        }
        return kept;
    }
}
