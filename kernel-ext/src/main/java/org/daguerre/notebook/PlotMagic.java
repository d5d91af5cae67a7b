package org.daguerre.notebook;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daguerre.argument.Choices;
import org.daguerre.backbone.Architecture;
import org.daguerre.image.Theme;
import org.daguerre.name.Names;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.Model;
import org.daguerre.plot.ArchitecturePlot;
import org.daguerre.plot.ConvergencePlot;
import org.daguerre.plot.Figure;
import org.daguerre.plot.FilmStrip;
import org.daguerre.plot.LatentsPlot;
import org.daguerre.plot.RunPlot;
import org.daguerre.plot.SchedulePlot;
import org.daguerre.plot.SchedulePlot.Quantity;
import org.daguerre.schedule.NoiseSchedule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code %plot}, in Java the classes of {@code org.daguerre.plot}. */
@Command(
        name = "%plot",
        description = {
            "Draws the current model, a schedule, the current run or the last comparison:",
            "  model                        the U-Net: levels, skips, what takes the timestep and the prompt",
            "  schedule, snr, beta, sigma   noise schedules; names after it stand side by side",
            "  plan                         the levels of the current run's steps",
            "  path                         states and estimates of the current run as a film strip",
            "  steps, norms, times          what was measured at its steps",
            "  convergence                  distances in the last comparison over the calls of the model",
            "  latents                      its state, channel by channel",
            "  attention                    where its words were attended to"
        })
final class PlotMagic extends Magic {

    private static final List<String> SUBJECTS = List.of(
            "schedule",
            "snr",
            "beta",
            "sigma",
            "model",
            "plan",
            "path",
            "steps",
            "norms",
            "times",
            "convergence",
            "latents",
            "attention");

    private final Session session;
    private final Choices choices;
    private final KernelHost host;

    @Parameters(
            index = "0",
            paramLabel = "SUBJECT",
            description =
                    "one of: schedule, snr, beta, sigma, model, plan, path, steps, norms, times, convergence, latents,"
                            + " attention")
    private String subject;

    @Parameters(
            index = "1..*",
            paramLabel = "NAME",
            description =
                    "schedules to draw: linear, scaled_linear, cosine, sigmoid, laplace, exp, zero_snr, flow, or variables of yours; the model's own if none is given")
    private List<String> names = List.of();

    @Option(names = "--frames", paramLabel = "N", description = "the most frames of a film strip, 1 or more")
    private int frames = 8;

    @Option(names = "--word", paramLabel = "WORD", description = "a word of the prompt; may be given again")
    private List<String> words = List.of();

    @Mixin
    private AttentionOptions attention;

    PlotMagic(Session session, KernelHost host, Choices choices) {
        this.session = session;
        this.choices = choices;
        this.host = host;
    }

    @Override
    public Figure call() {
        String known = Names.known("subject", subject, SUBJECTS);
        boolean ofSchedules = SUBJECTS.indexOf(known) < SUBJECTS.indexOf("model");
        if (!ofSchedules && !names.isEmpty()) {
            throw new IllegalArgumentException(Names.quoted(names.get(0)) + " is one argument too many for %plot "
                    + known + ". Give names to schedule, snr, beta or sigma; words to --word.");
        }
        return Waiting.during(host, "drawing " + known, () -> figure(known, session.theme()));
    }

    private Figure figure(String subject, Theme theme) {
        return switch (subject) {
            case "schedule" -> SchedulePlot.of(schedules(), theme);
            case "snr" -> SchedulePlot.of(schedules(), theme, Quantity.SNR);
            case "beta" -> SchedulePlot.of(schedules(), theme, Quantity.BETA);
            case "sigma" -> SchedulePlot.of(schedules(), theme, Quantity.SIGMA);
            case "model" -> model(session.model(), theme);
            case "plan" -> SchedulePlot.of(session.run().run().trajectory().plan(), theme);
            case "path" -> path(session.run(), theme);
            case "steps" -> RunPlot.of(session.run(), theme);
            case "norms" -> RunPlot.of(session.run(), theme, RunPlot.Quantity.NORMS);
            case "times" -> RunPlot.of(session.run(), theme, RunPlot.Quantity.TIMES);
            case "convergence" -> ConvergencePlot.of(session.comparison(), theme);
            case "latents" -> LatentsPlot.of(session.run().run().x(), theme);
            default -> attention.figure(session.run(), words, theme);
        };
    }

    private static Figure model(Model model, Theme theme) {
        int[] shape = model.shape();
        return ArchitecturePlot.of(
                Architecture.of(model.backbone().model().graph()),
                "U-Net of " + model.name(),
                shape[2],
                shape[3],
                theme);
    }

    private Figure path(Generation run, Theme theme) {
        return FilmStrip.of(run, run.model()::decode, frames, theme).figure();
    }

    private Map<String, NoiseSchedule> schedules() {
        Map<String, NoiseSchedule> chosen = new LinkedHashMap<>();
        if (names.isEmpty()) {
            chosen.put(session.model().name(), session.model().scheduler().schedule());
        }
        for (String name : names) {
            chosen.put(name, choices.schedule(name));
        }
        return chosen;
    }
}
