package org.daguerre.notebook;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.daguerre.doctor.Doctor;
import org.daguerre.doctor.Finding;
import org.daguerre.image.Theme;
import org.daguerre.name.Names;
import org.daguerre.path.RunPath;
import org.daguerre.pipeline.Daguerre;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.LoadedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code %daguerre}: help, a diagnosis, what is held, letting go, the page that figures are drawn for. */
@Command(
        name = "%daguerre",
        description = {
            "Looks after the notebook:",
            "  help      what there is",
            "  doctor    what is wrong here, with the remedy",
            "  memory    what is held",
            "  release   lets go of models and runs",
            "  save      writes the path of the current run to a .safetensors file, or its states to a .npy file",
            "  new       a cell to begin with: a sampler, schedule, guidance or prediction type of your own",
            "  theme     draws figures for a light or a dark page"
        })
final class DaguerreMagic extends Magic {

    private static final List<String> TOPICS = List.of("help", "doctor", "memory", "release", "save", "new", "theme");
    private static final List<String> THEMES = List.of("light", "dark");

    private static final String HELP = """
            Daguerre %s: image diffusion models, opened up

              %%model                          lists the models
              %%model tray                     loads one and shows its card
              %%sample "three red apples"      makes a picture: --steps --sampler --guidance --seed ...
              %%start "three red apples"       begins a run by hand; then
              %%step, %%step 5, %%back, %%finish  goes on, goes back, goes to the end
              %%branch --sampler heun          another run from here; %%branch 1 returns to the first
              %%compare "a red ball" --sampler ddim,heun --steps 5,10,20
                                              pictures side by side, with a table; then %%plot convergence
              %%plot path                      also: schedule, snr, beta, sigma, plan, steps, norms, times,
                                              convergence, latents, attention
              %%train 1000                     trains a small model from nothing
              %%attention apples               which pixels attended to a word
              %%daguerre save run.safetensors  the run's path as data
              %%daguerre new sampler           a cell to begin with; also: schedule, guidance, prediction
              %%daguerre doctor                also: help, memory, release, theme dark

            Every magic explains itself with --help. Put texts with blanks into double quotes.
            In Java: Daguerre.model("tray").prompt("three red apples").steps(30).seed(7).start().finish()""";

    private final KernelHost host;
    private final Session session;
    private final List<String> problems;

    @Parameters(
            index = "0",
            paramLabel = "TOPIC",
            arity = "0..1",
            description = "one of: help, doctor, memory, release, save, new, theme")
    private String topic = "help";

    @Parameters(
            index = "1",
            paramLabel = "WHICH",
            arity = "0..1",
            description =
                    "after theme: light or dark; after save: a file; after new: sampler, schedule, guidance or prediction")
    private String which;

    DaguerreMagic(KernelHost host, Session session, List<String> problems) {
        this.host = host;
        this.session = session;
        this.problems = problems;
    }

    @Override
    public MimeBundle call() {
        String known = Names.known("topic", topic, TOPICS);
        if (which != null && !List.of("save", "new", "theme").contains(known)) {
            throw new IllegalArgumentException(Names.quoted(which) + " is one argument too many for %daguerre " + known
                    + ". Give the topic alone.");
        }
        return MimeBundle.text(
                switch (known) {
                    case "doctor" -> doctor();
                    case "memory" -> memory();
                    case "release" -> release();
                    case "save" -> save();
                    case "new" -> Templates.cell(which);
                    case "theme" -> theme();
                    default -> HELP.formatted(Daguerre.version());
                });
    }

    private String doctor() {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.well("Daguerre " + Daguerre.version() + " in " + host.name()));
        problems.forEach(problem -> findings.add(Finding.ill(
                "installed " + problem,
                "Restart the kernel; if it stays, the jars on its class path do not fit together.")));
        findings.addAll(Doctor.examine());
        return findings.stream().map(Finding::toString).collect(Collectors.joining("\n"));
    }

    private String memory() {
        Runtime jvm = Runtime.getRuntime();
        List<Generation> runs = session.state().branches();
        int steps = runs.stream()
                .flatMap(run -> run.runs().stream())
                .mapToInt(run -> run.trajectory().length())
                .sum();
        return String.format(
                Locale.ROOT,
                "heap %d MB used of at most %d MB%nmodels in memory: %s%nruns held: %d with %d steps",
                (jvm.totalMemory() - jvm.freeMemory()) >> 20,
                jvm.maxMemory() >> 20,
                models(Daguerre.loaded()),
                runs.size(),
                steps);
    }

    private static String models(List<LoadedModel> models) {
        return models.isEmpty()
                ? "none"
                : models.stream()
                        .map(model -> String.format(Locale.ROOT, "%s (%.1f MB)", model.name(), model.bytes() / 1e6))
                        .collect(Collectors.joining(", "));
    }

    private String release() {
        String released = models(Daguerre.loaded());
        session.clear();
        Daguerre.release();
        return "released models: " + released + ". Runs kept in variables of your own can be looked at no longer.";
    }

    /** Of several pictures, -1, -2, ... is added to the name. */
    private String save() {
        Generation generation = session.run();
        if (which == null) {
            throw new IllegalArgumentException(
                    "%daguerre save lacks a file. Give one, such as run.safetensors, or states.npy.");
        }
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < generation.count(); i++) {
            RunPath path = RunPath.of(generation.runs().get(i)).with(generation.parameters(i));
            int ending = which.lastIndexOf('.') < 0 ? which.length() : which.lastIndexOf('.');
            String name = generation.count() == 1
                    ? which
                    : which.substring(0, ending) + "-" + (i + 1) + which.substring(ending);
            files.add(path.save(Path.of(name)));
        }
        return "wrote " + files.stream().map(Path::toString).collect(Collectors.joining(", "))
                + (which.toLowerCase(Locale.ROOT).endsWith(".npy")
                        ? "; Npy.read(Path.of(...)) brings the states back, and the whole path is saved as .safetensors"
                        : "; RunPath.read(Path.of(...)) brings it back");
    }

    private String theme() {
        if (which == null) {
            return "figures are drawn for a " + session.theme().name().toLowerCase(Locale.ROOT)
                    + " page; %daguerre theme light or dark changes that";
        }
        String chosen = Names.known("theme", which, THEMES);
        session.update(now -> now.theme(Theme.valueOf(chosen.toUpperCase(Locale.ROOT))));
        return "figures are drawn for a " + chosen + " page from now on";
    }
}
