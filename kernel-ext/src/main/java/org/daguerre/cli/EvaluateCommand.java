package org.daguerre.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.daguerre.argument.MethodOptions;
import org.daguerre.argument.ModelOptions;
import org.daguerre.evaluation.Foil;
import org.daguerre.evaluation.ModelSheet;
import org.daguerre.evaluation.Study;
import org.daguerre.evaluation.WordMaps;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Picture;
import org.daguerre.name.Names;
import org.daguerre.pipeline.Autoencoder;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.LoadedModel;
import org.daguerre.pipeline.Model;
import org.daguerre.pipeline.Request;
import org.daguerre.pipeline.Scorer;
import org.daguerre.run.Sampling;
import org.daguerre.scene.Evaluation;
import org.daguerre.scene.Labels;
import org.daguerre.scene.Painting;
import org.daguerre.scene.Prompt;
import org.daguerre.scene.Prompts;
import org.daguerre.scene.Raster;
import org.daguerre.scene.Report;
import org.daguerre.scene.RoundTrips;
import org.daguerre.scene.SignPrompts;
import org.daguerre.scene.World;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code daguerre evaluate MODEL}: lets a model paint held-out prompts and judges the pictures and the attention maps. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "Judges what a model draws for prompts that it was not trained on. Goes on where an earlier call was ended. A"
                        + " pair of encoders is asked to tell captions from false ones.")
final class EvaluateCommand implements Callable<Integer> {

    private static final int PICTURES_A_SHEET = 20;

    @Parameters(paramLabel = "MODEL", arity = "0..1", description = "a model's name or its folder")
    private String model = "tray";

    @Mixin
    private ModelOptions where;

    @Mixin
    private MethodOptions options;

    @Option(names = "--prompts", paramLabel = "N", description = "the number of prompts, 1 or more")
    private int prompts = 300;

    @Option(
            names = "--prompt-seed",
            paramLabel = "N",
            description = "the seed that draws the prompts or pictures, a whole number")
    private long promptSeed = 1;

    @Option(names = "--no-attention", description = "leaves the attention maps out, which take a third of the time")
    private boolean withoutAttention;

    @Option(
            names = "--study",
            paramLabel = "NAME",
            description = "changes one thing and looks what changes, --prompts prompts under each condition:"
                    + " ${COMPLETION-CANDIDATES}; writes NAME.jsonl, .md, .json and .png")
    private Study study;

    @Option(names = "--world", paramLabel = "WORLD", description = "what the model draws: ${COMPLETION-CANDIDATES}")
    private World world = World.TRAYS;

    @Option(names = "--spelled", description = "asks for words letter by letter, as full captions of signs do")
    private boolean spelled;

    @Option(
            names = "--round-trips",
            paramLabel = "N",
            description = "judges N rendered pictures that went through the model's autoencoder, not what it samples:"
                    + " the ceiling of every other figure; writes round-trips.jsonl, .md and .json")
    private Integer roundTrips;

    @Option(
            names = "--contact-sheet",
            description =
                    "writes sheet.png, the same three prompts and seeds for every model, of an autoencoder four scenes"
                            + " before and after; judges nothing")
    private boolean contactSheet;

    @Option(
            names = "--label-sheets",
            paramLabel = "N",
            description =
                    "paints the first N prompts into numbered sheets to be labelled by eye, and labels.tsv; judges nothing")
    private Integer labelSheets;

    @Option(names = "--show-prompts", description = "writes the prompts on the label sheets")
    private boolean showPrompts;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "compares labels by eye with the verdicts in --out and writes agreement.md; paints nothing")
    private Path labels;

    @Option(names = "--out", paramLabel = "DIR", description = "the folder for verdicts.jsonl, report.md, report.json")
    private Path out = Path.of("evaluation");

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException(
                    "--out is " + Names.quoted(out.toString()) + ", a file. Give a folder, such as evaluation.");
        }
        if (labels != null) {
            String agreement = Labels.read(labels).agreement(out.resolve("verdicts.jsonl"));
            Files.writeString(out.resolve("agreement.md"), agreement);
            spec.commandLine().getOut().println(agreement);
            return 0;
        }
        if (contactSheet) {
            Files.createDirectories(out);
            Path sheet = ModelSheet.of(where.load(model)).picture().save(out.resolve("sheet.png"));
            spec.commandLine().getOut().println(sheet);
            return 0;
        }
        if (roundTrips != null) {
            write("round-trips", roundTrips(where.autoencoder(model)));
            return 0;
        }
        LoadedModel loaded = where.load(model);
        if (loaded instanceof Scorer scorer && labelSheets == null && study == null) {
            Files.createDirectories(out);
            write("report", Foil.report(scorer, subject(scorer), prompts, promptSeed));
            return 0;
        }
        Request settings = options.apply(loaded.toModel().prompt(""));
        if (labelSheets != null) {
            writeLabelSheets(settings);
        } else if (study != null) {
            writeStudy(settings);
        } else {
            write("report", evaluated(settings));
        }
        return 0;
    }

    private void write(String name, Report report) throws IOException {
        Files.writeString(out.resolve(name + ".md"), report.markdown());
        Files.writeString(out.resolve(name + ".json"), report.json());
        spec.commandLine().getOut().println(report.markdown());
    }

    /** What is told after each picture, from 0. */
    private interface Judging {
        Report report(IntConsumer judged) throws IOException;
    }

    private Report shown(int all, Judging judging) throws IOException {
        try (TerminalBar bar = new TerminalBar(spec.commandLine().getErr())) {
            return judging.report(done -> bar.show("picture " + done + " of " + all, (double) done / all));
        }
    }

    private Report evaluated(Request settings) throws IOException {
        Path verdicts = out.resolve("verdicts.jsonl");
        if (world == World.TRAYS) {
            return shown(
                    prompts,
                    judged -> new Evaluation(subject(settings), Prompts.heldOut(prompts, promptSeed), verdicts)
                            .run(prompt -> paint(settings, prompt), judged));
        }
        return shown(
                prompts,
                judged -> SignPrompts.evaluate(
                        subject(settings) + (spelled ? ", spelled" : ""),
                        SignPrompts.heldOut(prompts, promptSeed, spelled),
                        spelled,
                        (prompt, i) -> raster(settings.prompt(prompt)
                                .seed(promptSeed + i)
                                .start()
                                .finish()
                                .picture()),
                        verdicts,
                        judged));
    }

    private void writeStudy(Request settings) throws IOException {
        Study.Outcome outcome;
        try (TerminalBar bar = new TerminalBar(spec.commandLine().getErr())) {
            outcome = study.run(
                    settings,
                    subject(settings),
                    prompts,
                    promptSeed,
                    out.resolve(study + ".jsonl"),
                    (done, all) -> bar.show("case " + done + " of " + all, (double) done / all));
        }
        Files.writeString(
                out.resolve(study + ".md"),
                "# " + study + "\n\n" + outcome.markdown() + "\n!["
                        + outcome.figure().altText() + "](" + study + ".png)\n");
        Files.writeString(out.resolve(study + ".json"), outcome.json() + "\n");
        spec.commandLine().getOut().println(outcome.markdown());
        spec.commandLine().getOut().println(outcome.figure().save(out.resolve(study + ".png")));
    }

    private Report roundTrips(Autoencoder loaded) throws IOException {
        RoundTrips trips =
                new RoundTrips(subject(loaded), world, roundTrips, promptSeed, out.resolve("round-trips.jsonl"));
        return shown(
                roundTrips,
                judged -> trips.run(
                        picture ->
                                raster(loaded.roundTrip(Picture.of(picture.width(), picture.height(), picture.pixels()))
                                        .picture()),
                        judged));
    }

    /** Numbered pictures of the first prompts, and a file with their numbers in which what is seen is written. */
    private void writeLabelSheets(Request settings) throws IOException {
        Files.createDirectories(out);
        List<Prompt> asked = Prompts.heldOut(labelSheets, promptSeed);
        StringBuilder numbers = new StringBuilder(
                "# number, tab, what is there: \"3 red apples, 1 green cup\", \"nothing\"," + " \"1 unclear\"\n");
        try (TerminalBar bar = new TerminalBar(spec.commandLine().getErr())) {
            for (int first = 0; first < asked.size(); first += PICTURES_A_SHEET) {
                List<Picture> pictures = new ArrayList<>();
                List<String> captions = new ArrayList<>();
                for (int i = first; i < Math.min(asked.size(), first + PICTURES_A_SHEET); i++) {
                    String prompt = asked.get(i).caption().text();
                    pictures.add(settings.prompt(prompt)
                            .seed(asked.get(i).seed())
                            .start()
                            .finish()
                            .picture()
                            .enlarged(2));
                    captions.add((i + 1) + (showPrompts ? " " + prompt : ""));
                    numbers.append(i + 1).append("\t\n");
                    bar.show("picture " + (i + 1) + " of " + asked.size(), (i + 1.0) / asked.size());
                }
                Path sheet = out.resolve("sheet-%02d.png".formatted(1 + first / PICTURES_A_SHEET));
                Files.write(
                        sheet,
                        ContactSheet.of(pictures)
                                .columns(5)
                                .captions(captions)
                                .picture()
                                .png());
                spec.commandLine().getOut().println(sheet);
            }
        }
        Path file = out.resolve("labels.tsv");
        if (Files.notExists(file)) { // labels are a person's work
            Files.writeString(file, numbers);
        }
        spec.commandLine().getOut().println(file);
    }

    private static Raster raster(Picture picture) {
        return Raster.of(picture.width(), picture.height(), picture.pixels());
    }

    private static String subject(LoadedModel model) {
        return model.name() + " " + model.fingerprint().substring(0, 12);
    }

    /** What the verdicts depend on, the prompts apart: verdicts on one subject are not taken for those on another. */
    private String subject(Request settings) {
        Model model = settings.model();
        Sampling sampling = settings.toSampling();
        int[] shape = sampling.shape();
        return subject(model) + ", " + settings.steps() + " steps of "
                + sampling.sampler() + " on " + sampling.spacing() + ", " + sampling.schedule() + ", "
                + settings.guidance()
                + (settings.negative().isEmpty() ? "" : ", not \"" + settings.negative() + "\"")
                + ", " + shape[2] * model.scale() + " x " + shape[3] * model.scale() + " pixels"
                + (withoutAttention ? ", without attention maps" : "");
    }

    private Painting paint(Request settings, Prompt prompt) {
        if (!withoutAttention && settings.model().attentionLayers().isEmpty()) {
            throw new IllegalArgumentException(
                    "model " + Names.quoted(settings.model().name())
                            + " shows no attention to judge. Give --no-attention, which leaves the maps out.");
        }
        Generation generation = settings.prompt(prompt.caption().text())
                .seed(prompt.seed())
                .start()
                .finish();
        Picture picture = generation.picture();
        return new Painting(
                raster(picture),
                withoutAttention
                        ? List.of()
                        : WordMaps.of(generation.attention(), prompt.caption().groups()));
    }
}
