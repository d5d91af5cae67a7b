package org.daguerre.notebook;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.daguerre.image.ContactSheet;
import org.daguerre.image.Graphic;
import org.daguerre.image.HeatMap;
import org.daguerre.image.Picture;
import org.daguerre.image.Theme;
import org.daguerre.nd.NdArrays;
import org.daguerre.pipeline.Attention;
import org.daguerre.pipeline.Generation;
import org.daguerre.pipeline.LoadedModel;
import org.daguerre.pipeline.ModelCard;
import org.daguerre.pipeline.Prints;
import org.daguerre.pipeline.RoundTrip;
import org.daguerre.plot.AttentionPlot;
import org.daguerre.plot.LatentsPlot;
import org.daguerre.plot.LossPlot;
import org.daguerre.plot.SchedulePlot;
import org.daguerre.run.Comparison;
import org.daguerre.run.Run;
import org.daguerre.sampler.Step;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.table.ComparisonTable;
import org.daguerre.tensor.Tensor;
import org.daguerre.text.Tokens;
import org.daguerre.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** How each type looks in a notebook: here types meet their renderers. */
final class Renderings {

    private static final int MAX_PNG = 2 << 20;
    private static final int MAX_ROWS = 60;
    private static final int MAX_NUMBERS = 1000;
    private static final int MAX_SIDE = 2048;
    private static final int PAGE = 384;
    private static final int HALF = 256;
    private static final int PATH_COLUMNS = 3;
    private static final int GUTTER = 4;

    private final Session session;

    Renderings(Session session) {
        this.session = session;
    }

    void register(KernelHost host) {
        host.renderer(Object.class, Renderings::anything);
        host.renderer(MimeBundle.class, bundle -> bundle);
        host.renderer(Graphic.class, graphic -> graphic(graphic, graphic.altText()));
        host.renderer(Picture.class, picture -> graphic(picture.enlargedWithin(PAGE), picture.altText()));
        host.renderer(ContactSheet.class, sheet -> {
            Picture picture = sheet.picture();
            return graphic(picture, picture.altText());
        });
        host.renderer(HeatMap.class, Renderings::heatMap);
        host.renderer(Generation.class, this::generation);
        host.renderer(Comparison.class, comparison -> comparison(comparison, session.theme()));
        host.renderer(Run.class, run -> state(run.x(), facts(run)));
        host.renderer(Tensor.class, tensor -> isPicture(tensor) ? state(tensor, tensor.toString()) : anything(tensor));
        host.renderer(Step.class, step -> state(step.denoised(), step + ", estimate"));
        host.renderer(
                NoiseSchedule.class,
                schedule -> graphic(
                        SchedulePlot.of(Map.of(schedule.toString(), schedule), session.theme()), schedule.toString()));
        host.renderer(
                Training.class,
                training -> training.losses().isEmpty()
                        ? MimeBundle.text(training.toString())
                        : graphic(LossPlot.of(training.losses(), session.theme()), training.toString()));
        host.renderer(Plan.class, plan -> graphic(SchedulePlot.of(plan, session.theme()), plan.toString()));
        host.renderer(LoadedModel.class, model -> card(model.card()));
        host.renderer(ModelCard.class, Renderings::card);
        host.renderer(RoundTrip.class, this::roundTrip);
        host.renderer(
                Attention.class,
                attention -> graphic(
                        AttentionPlot.of(attention.picture(), attention.words(), false, session.theme()),
                        attention.toString()));
        host.renderer(Tokens.class, Renderings::tokens);
        host.renderer(Table.class, Renderings::table);
        host.renderer(
                double[].class,
                ladder -> MimeBundle.text(shortened(Arrays.stream(ladder).boxed())));
        host.renderer(
                int[].class,
                shape -> MimeBundle.text(shortened(Arrays.stream(shape).boxed())));
        host.renderer(INDArray.class, array -> MimeBundle.text(NdArrays.summary(array)));
    }

    private MimeBundle roundTrip(RoundTrip trip) {
        Picture both = ContactSheet.of(List.of(
                        trip.original().enlargedWithin(PAGE), trip.picture().enlargedWithin(PAGE)))
                .captions(List.of("the picture", trip.toString()))
                .gutter(GUTTER)
                .theme(session.theme())
                .picture();
        return graphic(both, trip.toString());
    }

    /** Numbers as a list, as many as a ladder has at most. */
    private static String shortened(Stream<?> numbers) {
        List<String> shown = numbers.limit(MAX_NUMBERS + 1).map(String::valueOf).toList();
        return shown.size() <= MAX_NUMBERS
                ? shown.toString()
                : "[" + String.join(", ", shown.subList(0, MAX_NUMBERS)) + ", ...]";
    }

    /** What has no renderer of its own: the kernels would ask toString() themselves and stop answering at an {@link Error}. */
    private static MimeBundle anything(Object value) {
        try {
            return new MimeBundle(Map.of(MimeBundle.TEXT, "" + value), Map.of());
        } catch (Throwable t) {
            return MimeBundle.unshown(value, t, "mend its toString().");
        }
    }

    /** The finished pictures; on the way, the state beside what the model takes it for. */
    private MimeBundle generation(Generation generation) {
        String text = generation + "\n" + Prints.facts(generation);
        if (generation.count() > 1) {
            return graphic(Prints.pictures(generation).theme(session.theme()).picture(), text);
        }
        Picture now = generation.picture();
        if (generation.done()) {
            return graphic(withPath(generation, now), text);
        }
        Run run = generation.run();
        Picture x = Picture.of(generation.model().decode(run.x())).enlargedWithin(HALF);
        ContactSheet sheet = run.steps().isEmpty()
                ? ContactSheet.of(List.of(x)).captions(List.of("noise, " + method(run)))
                : ContactSheet.of(List.of(x, now.enlargedWithin(HALF)))
                        .captions(List.of(manner(run), "the model's estimate"));
        return graphic(sheet.theme(session.theme()).gutter(GUTTER).picture(), text);
    }

    private static String manner(Run run) {
        int made = run.trajectory().length();
        return "step " + made + " of " + (made + run.trajectory().stepsLeft()) + ", " + method(run);
    }

    private static String method(Run run) {
        return run.sampling().sampler() + ", " + run.sampling().guidance();
    }

    /** A small picture with its path beside it, nine estimates in reading order; a big one alone, as every estimate takes time. */
    private Picture withPath(Generation generation, Picture picture) {
        Picture page = picture.enlargedWithin(PAGE);
        if (Math.max(picture.width(), picture.height()) > PAGE / PATH_COLUMNS) {
            return page;
        }
        Picture path = ContactSheet.of(Prints.estimates(generation, 0, PATH_COLUMNS * PATH_COLUMNS))
                .columns(PATH_COLUMNS)
                .gutter(0)
                .theme(session.theme())
                .picture();
        return ContactSheet.of(List.of(page, path.enlargedWithin(PAGE)))
                .captions(List.of(
                        manner(generation.run()) + ", seed "
                                + generation.run().sampling().seed(),
                        "what the model took it for on the way"))
                .gutter(GUTTER)
                .theme(session.theme())
                .picture();
    }

    /** Its pictures, if it makes some, above its table. */
    static MimeBundle comparison(Comparison comparison, Theme theme) {
        MimeBundle table = table(ComparisonTable.of(comparison));
        String text =
                comparison + "\n" + table.data().get(MimeBundle.TEXT) + "\n" + String.join("\n", comparison.notes());
        String notes = comparison.notes().stream()
                .map(note -> MimeBundle.escape(note) + ".<br/>")
                .collect(Collectors.joining());
        boolean pictures = comparison.entries().stream().allMatch(entry -> entry.decode() != null)
                && comparison.results().stream().anyMatch(Comparison.Result::hasBegun);
        return MimeBundle.text(text)
                .html((pictures
                                ? image(Prints.comparison(comparison)
                                        .theme(theme)
                                        .picture())
                                : "")
                        + table.data().get(MimeBundle.HTML) + "<p>" + notes + "</p>");
    }

    /** A picture within HTML, no wider than the page. */
    private static String image(Picture picture) {
        Picture shown = picture.reducedWithin(MAX_SIDE);
        return "<img style=\"max-width:100%\" width=\"" + shown.width() + "\" alt=\""
                + MimeBundle.escape(picture.altText()) + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(shown.png()) + "\"/>";
    }

    private static String facts(Run run) {
        return run + "\nstate " + run.x();
    }

    /** A state on its own has no decoder: colours as they are if it is a picture, otherwise channel by channel. */
    private MimeBundle state(Tensor x, String text) {
        if (x.shape().length != 4 || x.shape()[0] != 1) { // a state in the plane, or of many chains
            return MimeBundle.text(text);
        }
        return isPicture(x)
                ? graphic(Picture.of(x).enlargedWithin(PAGE), text)
                : graphic(LatentsPlot.of(x, session.theme()), text);
    }

    private static boolean isPicture(Tensor x) {
        int[] shape = x.shape();
        return shape.length == 4 && shape[0] == 1 && shape[1] == 3;
    }

    private static MimeBundle heatMap(HeatMap map) {
        int[] shape = map.values().shape();
        return graphic(
                map.picture().enlargedWithin(PAGE),
                String.format(
                        Locale.ROOT,
                        "heat map, %d x %d, colours from %.3g to %.3g",
                        shape[1],
                        shape[0],
                        map.low(),
                        map.high()));
    }

    /** A graphic; one whose PNG would choke the page is shown smaller, and says so. */
    static MimeBundle graphic(Graphic graphic, String text) {
        byte[] png = graphic.png();
        if (png.length <= MAX_PNG) {
            return MimeBundle.text(text).png(png, graphic.width(), graphic.height());
        }
        Picture reduced = reduced(png, Math.sqrt((double) MAX_PNG / png.length) * 0.8);
        String note =
                "shown reduced from " + graphic.width() + " x " + graphic.height() + "; save(file) writes it whole";
        Picture noted =
                ContactSheet.of(List.of(reduced)).captions(List.of(note)).picture();
        return MimeBundle.text(text + "\n" + note).png(noted.png(), noted.width(), noted.height());
    }

    private static Picture reduced(byte[] png, double factor) {
        try {
            BufferedImage whole = ImageIO.read(new ByteArrayInputStream(png));
            int width = whole.getWidth();
            int height = whole.getHeight();
            return Picture.of(width, height, whole.getRGB(0, 0, width, height, null, 0, width))
                    .reducedWithin(Math.max(1, (int) (Math.max(width, height) * factor)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MimeBundle card(ModelCard card) {
        String networks = card.components().stream()
                .map(part -> row(
                        "td",
                        part.name(),
                        String.format(Locale.ROOT, "%.2f\u00a0M %s", part.parameters() / 1e6, part.type()),
                        part.operators() + ", opset " + part.opset(),
                        String.format(Locale.ROOT, "%.1f\u00a0MB", part.bytes() / 1e6),
                        part.inputText(),
                        part.outputText()))
                .collect(Collectors.joining());
        String facts = row("td", "runs on", card.provider().toString())
                + row(
                        "td",
                        "picture",
                        card.pictureSize().get(0) + " x " + card.pictureSize().get(1) + " pixels")
                + card.facts().entrySet().stream()
                        .map(fact -> row("td", fact.getKey(), fact.getValue()))
                        .collect(Collectors.joining())
                + row("td", "memory", String.format(Locale.ROOT, "about %.1f MB while loading", card.peakBytes() / 1e6))
                + row("td", "licence", card.licence())
                + row("td", "files", card.verified() ? "match SHA256SUMS" : "not verified: there is no SHA256SUMS");
        String notes = card.notes().stream()
                .map(note -> "<p>" + MimeBundle.escape(note) + "</p>")
                .collect(Collectors.joining());
        return MimeBundle.text(card.toString())
                .html("<p><b>" + MimeBundle.escape(card.name()) + "</b>"
                        + (card.title().equals(card.name()) ? "" : ": " + MimeBundle.escape(card.title()))
                        + "</p><table>"
                        + facts + "</table><table><thead>"
                        + row("th", "component", "parameters", "operators", "size", "inputs", "outputs")
                        + "</thead><tbody>"
                        + networks
                        + "</tbody></table>" + notes);
    }

    private static MimeBundle tokens(Tokens tokens) {
        boolean weighted = tokens.weighted();
        String cells = tokens.tokens().stream()
                .filter(token -> token.kind() != Tokens.Kind.PADDING)
                .map(token -> row("td", cells(token, tokens, weighted)))
                .collect(Collectors.joining());
        long padding = tokens.tokens().stream()
                .filter(token -> token.kind() == Tokens.Kind.PADDING)
                .count();
        String room = "<p>" + (tokens.size() - padding) + " of " + tokens.size() + " tokens"
                + (tokens.rows() == 1 ? "" : ", " + tokens.rows() + " rows") + "</p>";
        String dropped = tokens.dropped().isEmpty()
                ? ""
                : "<p>no room for: " + MimeBundle.escape(String.join(" ", tokens.dropped())) + "</p>";
        return MimeBundle.text(tokens.toString())
                .html("<table><thead>"
                        + (weighted
                                ? row("th", "token", "id", "kind", "word", "weight")
                                : row("th", "token", "id", "kind", "word"))
                        + "</thead><tbody>" + cells
                        + "</tbody></table>" + room + dropped);
    }

    private static String[] cells(Tokens.Token token, Tokens tokens, boolean weighted) {
        List<String> cells = new ArrayList<>(List.of(
                token.text(),
                Integer.toString(token.id()),
                token.kind().name().toLowerCase(Locale.ROOT),
                token.word() < 0 ? "" : tokens.words().get(token.word())));
        if (weighted) {
            cells.add(token.word() < 0 ? "" : Double.toString(token.weight()));
        }
        return cells.toArray(String[]::new);
    }

    /** A table wider than the page scrolls within itself. */
    private static MimeBundle table(Table table) {
        int rows = Math.min(MAX_ROWS, table.rowCount());
        StringBuilder html = new StringBuilder("<div style=\"overflow-x:auto\"><table><caption>"
                + MimeBundle.escape(table.name()) + "</caption><thead>"
                + row("th", table.columnNames().toArray(String[]::new)) + "</thead><tbody>");
        for (int r = 0; r < rows; r++) {
            int index = r;
            html.append(row(
                    "td",
                    table.columns().stream().map(column -> cell(column, index)).toArray(String[]::new)));
        }
        html.append("</tbody></table></div>");
        if (rows < table.rowCount()) {
            html.append("<p>").append(table.rowCount() - rows).append(" more rows</p>");
        }
        return MimeBundle.text(table.print(MAX_ROWS)).html(html.toString());
    }

    private static String cell(Column<?> column, int row) {
        return column instanceof DoubleColumn numbers && !numbers.isMissing(row)
                ? String.format(Locale.ROOT, "%.5g", numbers.getDouble(row))
                : column.getString(row);
    }

    private static String row(String tag, String... cells) {
        StringBuilder row = new StringBuilder("<tr>");
        for (String cell : cells) {
            row.append('<')
                    .append(tag)
                    .append(" style=\"text-align:left\">")
                    .append(MimeBundle.escape(cell))
                    .append("</")
                    .append(tag)
                    .append('>');
        }
        return row.append("</tr>").toString();
    }
}
