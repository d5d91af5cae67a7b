package org.daguerre.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.daguerre.cli.Arguments;
import org.daguerre.cli.Version;

/** Daguerre in a notebook: here names meet magics, and types their renderers. */
public final class Notebook {

    /** What cells need not import. */
    static final String IMPORTS = String.join(
            "\n",
            "import org.daguerre.tensor.*;",
            "import org.daguerre.schedule.*;",
            "import org.daguerre.denoiser.*;",
            "import org.daguerre.guidance.*;",
            "import org.daguerre.sampler.*;",
            "import org.daguerre.run.*;");

    private final KernelHost host;
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
        Notebook notebook = new Notebook(host);
        notebook.attempt("magics", notebook::magics);
        notebook.attempt("renderers", notebook::renderers);
        notebook.attempt("imports", () -> host.eval(IMPORTS));
        if (notebook.problems.isEmpty()) {
            return "Daguerre " + Version.current() + " is here. %daguerre help shows what it does.";
        }
        String line = "Daguerre is here in part, " + String.join("; ", notebook.problems)
                + ". %daguerre doctor looks for the reason.";
        System.out.println(line);
        return line;
    }

    private interface Part {
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
        host.lineMagic("daguerre", arguments -> call(new DaguerreMagic(host, problems), arguments));
    }

    private void renderers() {
        host.renderer(MimeBundle.class, bundle -> bundle);
    }

    /** Runs a magic: an annotated command, new for every call so that nothing is left over from the one before. */
    private static Object call(Callable<?> magic, List<String> arguments) throws Exception {
        Optional<String> help = Arguments.parse(magic, withoutSemicolon(arguments));
        return help.isPresent() ? MimeBundle.text(help.get()) : magic.call();
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
