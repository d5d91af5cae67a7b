package org.daguerre.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.daguerre.backbone.Architecture;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.ExactDenoiser;
import org.daguerre.image.Colormap;
import org.daguerre.image.Picture;
import org.daguerre.image.PngReader;
import org.daguerre.image.Theme;
import org.daguerre.onnx.OnnxGraph;
import org.daguerre.run.Comparison;
import org.daguerre.run.Grid;
import org.daguerre.run.Run;
import org.daguerre.run.Sampling;
import org.daguerre.run.StepFacts;
import org.daguerre.sampler.Sampler;
import org.daguerre.schedule.DdimSpacing;
import org.daguerre.schedule.EdmSchedule;
import org.daguerre.schedule.EdmSpacing;
import org.daguerre.schedule.EulerSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

class FigureTest {

    @Test
    void scheduleWithoutALevelIsToldAndNotDrawn() {
        String message = assertThrows(
                        IllegalStateException.class, () -> SchedulePlot.of(Map.of("mine", t -> null), Theme.LIGHT))
                .getMessage();
        assertTrue(message.contains("gave null at t = 0. Let it give a Level"), message);
    }

    private static final NoiseSchedule LINEAR = NoiseSchedule.linear(1000, 1e-4, 0.02);
    private static final Denoiser HALF = Denoiser.of((x, level) -> x.times(0.5));

    private static Run run(int steps) {
        Run run = Sampling.of(HALF, LINEAR, 1, 3, 8, 8).steps(steps).seed(3).start();
        run.finish();
        return run;
    }

    @Test
    void curveOnAnotherSaysSoAndGuidesAreNamed() {
        Sampling gaussian = Sampling.of(ExactDenoiser.gaussian(Tensor.zeros(1, 8), 0.5), LINEAR, 1, 8);
        var solvers =
                List.of("ddim", "euler", "heun").stream().map(Sampler::named).toList();
        Spacing spacing = new EulerSpacing(TimestepSpacing.LINSPACE, 0);
        Figure figure = ConvergencePlot.of(
                Comparison.of(Grid.of(gaussian)
                                .axis(
                                        "sampler",
                                        solvers,
                                        (s, solver) -> s.sampler(solver).spacing(spacing))
                                .axis("steps", List.of(4, 8), Sampling::steps))
                        .finish(),
                Theme.LIGHT);
        assertTrue(figure.altText().contains("; euler, as ddim: distance"), figure.altText());
        assertTrue(figure.altText().contains("; heun: distance"), figure.altText());
        XYChart chart = figure.charts().get(0);
        for (String guide : List.of("order 1", "order 2", "order 3")) {
            assertTrue(chart.getSeries(guide) != null, guide);
        }
        assertEquals(null, chart.getSeries("rounding of float32"));
    }

    @Test
    void axisThatNamesNoKindIsNamedItself() {
        Sampling gaussian = Sampling.of(ExactDenoiser.gaussian(Tensor.zeros(1, 8), 0.5), LINEAR, 1, 8);
        Figure figure = ConvergencePlot.of(
                Comparison.of(Grid.of(gaussian)
                                .axis("seed", List.of(1, 2), Sampling::seed)
                                .axis("steps", List.of(4, 8), Sampling::steps))
                        .finish(),
                Theme.LIGHT);
        assertTrue(figure.altText().contains("; seed 1: distance"), figure.altText());
    }

    private static Map<String, NoiseSchedule> schedules() {
        Map<String, NoiseSchedule> schedules = new LinkedHashMap<>();
        schedules.put("linear", LINEAR);
        schedules.put("cosine", NoiseSchedule.cosine(1000));
        schedules.put(
                "zero terminal SNR",
                NoiseSchedule.scaledLinear(1000, 0.00085, 0.012).zeroTerminalSnr());
        schedules.put("flow", NoiseSchedule.flow(1000, 1));
        return schedules;
    }

    /** How often each colour occurs. */
    private static Map<Integer, Integer> colours(Figure figure) throws Exception {
        byte[] png = figure.png();
        PngReader strict = new PngReader(png);
        assertEquals(figure.width() * Figure.SCALE, strict.width);
        assertEquals(figure.height() * Figure.SCALE, strict.height);
        assertEquals(strict.height * (1 + 3 * strict.width), strict.scanLines().length);
        Map<Integer, Integer> counts = new HashMap<>();
        var image = ImageIO.read(new ByteArrayInputStream(png));
        for (int p : image.getRGB(0, 0, strict.width, strict.height, null, 0, strict.width)) {
            counts.merge(p & 0xffffff, 1, Integer::sum);
        }
        return counts;
    }

    private static void assertSeen(Map<Integer, Integer> colours, int colour, int atLeast, String what) {
        assertTrue(colours.getOrDefault(colour, 0) >= atLeast, what + ": " + colours.getOrDefault(colour, 0));
    }

    @ParameterizedTest
    @EnumSource
    void schedulesShowEveryKindInItsColourOnTheThemesPage(Theme theme) throws Exception {
        Figure figure = SchedulePlot.of(schedules(), theme);
        Map<Integer, Integer> colours = colours(figure);
        int pixels = colours.values().stream().mapToInt(i -> i).sum();
        assertTrue(colours.get(theme.background()) > 0.7 * pixels, "the page is the theme's background");
        for (int i = 0; i < 4; i++) {
            assertSeen(colours, theme.series(i), 1500, "series " + i);
        }
        assertSeen(colours, theme.text(), 1000, "text");
        assertSeen(colours, theme.quietText(), 300, "ticks");
        assertEquals(4, figure.charts().size());
    }

    @Test
    void curvesAreTheSchedulesOwnNumbers() {
        XYChart chart = SchedulePlot.of(schedules(), Theme.LIGHT, SchedulePlot.Quantity.ALPHAS_CUMPROD)
                .charts()
                .get(0);
        for (Map.Entry<String, NoiseSchedule> entry : schedules().entrySet()) {
            XYSeries series = (XYSeries) chart.getSeries(entry.getKey());
            assertEquals(0, series.getXData()[0]);
            assertEquals(999, series.getXData()[series.getXData().length - 1]);
            for (int i = 0; i < series.getXData().length; i++) {
                double t = series.getXData()[i];
                if (t == Math.rint(t)) {
                    assertEquals(
                            entry.getValue().at(t).alphasCumprod(),
                            series.getYData()[i],
                            1e-4); // some lie between two points that were asked
                }
            }
        }
    }

    @Test
    void betaIsTheSchedulesAndLeftOutWhereAScheduleHasNone() {
        XYChart chart = SchedulePlot.of(schedules(), Theme.LIGHT, SchedulePlot.Quantity.BETA)
                .charts()
                .get(0);
        XYSeries linear = (XYSeries) chart.getSeries("linear");
        assertEquals(1e-4, Math.pow(10, linear.getYData()[0]), 1e-7);
        assertEquals(0.02, Math.pow(10, linear.getYData()[linear.getYData().length - 1]), 1e-4);
        assertEquals(null, chart.getSeries("flow"));
    }

    @Test
    void infiniteSnrIsLeftOutAndTheAxisHasWholeDecades() {
        XYChart chart = SchedulePlot.of(schedules(), Theme.LIGHT, SchedulePlot.Quantity.SNR)
                .charts()
                .get(0);
        XYSeries flow = (XYSeries) chart.getSeries("flow");
        XYSeries zero = (XYSeries) chart.getSeries("zero terminal SNR");
        assertTrue(flow.getXData()[0] > 0);
        assertTrue(zero.getXData()[zero.getXData().length - 1] < 999);
        double low = chart.getStyler().getYAxisMin();
        double high = chart.getStyler().getYAxisMax();
        assertEquals(Math.rint(low), low);
        assertEquals(Math.rint(high), high);
        assertTrue(Arrays.stream(flow.getYData()).allMatch(y -> y >= low && y <= high));
    }

    @Test
    void oneLambdaScheduleIsEnough() {
        NoiseSchedule own = t -> Level.preserving(t, Math.pow(Math.cos(t / 1000 * Math.PI / 2), 2));
        String alt = SchedulePlot.of(Map.of("mine", own), Theme.LIGHT).altText();
        assertTrue(alt.startsWith("Noise schedule mine from alpha-bar 1.00"), alt);
    }

    @ParameterizedTest
    @EnumSource
    void schedulesOfAnySigmaAreDrawnOverTheirOwnTimesteps(EdmSchedule schedule) {
        XYChart chart = SchedulePlot.of(Map.of("edm", schedule), Theme.LIGHT, SchedulePlot.Quantity.SIGMA)
                .charts()
                .get(0);
        double[] t = ((XYSeries) chart.getSeries("edm")).getXData();
        assertEquals(0.002, schedule.at(t[0]).sigma(), 1e-9);
        assertEquals(80, schedule.at(t[t.length - 1]).sigma(), 1e-6);
        assertTrue(t[0] >= chart.getStyler().getXAxisMin());
        assertTrue(t[t.length - 1] <= chart.getStyler().getXAxisMax());
        Spacing spacing = new EdmSpacing(schedule, 0.002, 500, Ladder.karras(), FinalSigma.ZERO);
        for (XYChart plan :
                SchedulePlot.of(spacing.plan(schedule, 7), Theme.LIGHT).charts()) {
            double[] dots = ((XYSeries) plan.getSeries("levels of the steps")).getYData();
            assertEquals(7, dots.length);
            double[] curve = ((XYSeries) plan.getSeries(schedule.toString())).getXData();
            assertEquals(500, schedule.at(curve[curve.length - 1]).sigma(), 0.1, "the curve ends with the last dot");
            assertTrue(
                    Arrays.stream(dots).min().orElseThrow() >= plan.getStyler().getYAxisMin(), "every dot is seen");
        }
    }

    @Test
    void planOfOneStepFromNothingButNoiseIsDrawn() {
        NoiseSchedule zeroSnr = NoiseSchedule.linear(1000, 1e-4, 0.02).zeroTerminalSnr();
        Plan plan = new DdimSpacing(TimestepSpacing.TRAILING, 0, true, false).plan(zeroSnr, 1);
        assertDoesNotThrow(() -> SchedulePlot.of(plan, Theme.LIGHT).png());
    }

    @Test
    void quantityThatNoScheduleHasGetsNoPanelAndIsRefusedWhereItIsAskedFor() {
        Map<String, NoiseSchedule> edm = Map.of("edm", EdmSchedule.INSTANCE);
        assertEquals(3, SchedulePlot.of(edm, Theme.LIGHT).charts().size());
        assertEquals(
                "β is of variance preserving schedules, and edm is none. Draw schedule, snr or sigma.",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SchedulePlot.of(edm, Theme.LIGHT, SchedulePlot.Quantity.BETA))
                        .getMessage());
        assertEquals(
                3,
                SchedulePlot.of(Map.of("angle", EdmSchedule.ANGLE), Theme.LIGHT)
                        .charts()
                        .size());
    }

    @Test
    void planIsDotsOnItsSchedule() throws Exception {
        Plan plan = new DdimSpacing(TimestepSpacing.TRAILING, 0, true, false).plan(LINEAR, 7);
        Figure figure = SchedulePlot.of(plan, Theme.DARK);
        XYSeries dots = (XYSeries) figure.charts().get(0).getSeries("levels of the steps");
        assertArrayEquals(plan.from().stream().mapToDouble(Level::t).toArray(), dots.getXData());
        assertArrayEquals(plan.from().stream().mapToDouble(Level::alphasCumprod).toArray(), dots.getYData());
        assertSeen(colours(figure), Theme.DARK.series(1), 2 * 7 * 100, "dots");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 50})
    void runShowsWhatWasMeasuredAtEveryStep(int steps) throws Exception {
        Run run = run(steps);
        Figure figure = RunPlot.of(run, Theme.LIGHT);
        List<StepFacts> facts = run.facts();
        double root = Math.sqrt(3 * 8 * 8);
        assertCurve(figure, "state x", facts, f -> f.xNorm() / root);
        assertCurve(figure, "estimate of the picture", facts, f -> f.denoisedNorm() / root);
        assertCurve(figure, "estimate of the noise", facts, f -> f.noiseNorm() / root);
        XYSeries time = (XYSeries) figure.charts().get(1).getSeries("time");
        assertEquals(
                facts.stream().mapToDouble(StepFacts::milliseconds).max().orElseThrow(),
                Arrays.stream(time.getYData()).max().orElseThrow());
        Map<Integer, Integer> colours = colours(figure);
        assertSeen(colours, Theme.LIGHT.text(), 500, "text");
        for (int i = 0; i < 3; i++) {
            assertSeen(colours, Theme.LIGHT.series(i), steps == 1 ? 10 : 500, "series " + i);
        }
    }

    @Test
    void quantityOfARunStandsAlone() throws Exception {
        Run run = run(5);
        Figure norms = RunPlot.of(run, Theme.LIGHT, RunPlot.Quantity.NORMS);
        Figure times = RunPlot.of(run, Theme.LIGHT, RunPlot.Quantity.TIMES);
        assertEquals(1, norms.charts().size());
        assertCurve(norms, "state x", run.facts(), f -> f.xNorm() / Math.sqrt(3 * 8 * 8));
        assertEquals(1, times.charts().size());
        assertEquals(
                run.facts().stream().mapToDouble(StepFacts::milliseconds).max().orElseThrow(),
                Arrays.stream(((XYSeries) times.charts().get(0).getSeries("time")).getYData())
                        .max()
                        .orElseThrow());
        assertEquals(3, RunPlot.of(run, Theme.LIGHT).charts().size());
    }

    private static void assertCurve(
            Figure figure, String name, List<StepFacts> facts, ToDoubleFunction<StepFacts> expected) {
        XYSeries series = (XYSeries) figure.charts().get(0).getSeries(name);
        for (StepFacts fact : facts) {
            int at = Arrays.binarySearch(series.getXData(), fact.step());
            assertEquals(expected.applyAsDouble(fact), series.getYData()[at], 1e-12);
        }
    }

    @Test
    void runAltTextTellsItsEndsInNumbers() {
        Run run = run(4);
        String alt = RunPlot.of(run, Theme.LIGHT).altText();
        double last = run.x().norm() / Math.sqrt(192);
        assertTrue(alt.startsWith("4 steps of ddim"), alt);
        assertTrue(alt.contains(String.format(java.util.Locale.ROOT, "%.3g after step 4", last)), alt);
        assertTrue(alt.contains("4 model calls"), alt);
    }

    @Test
    void runWithoutStepsIsRefusedWithWhatToDo() {
        Run run = Sampling.of(HALF, LINEAR, 1, 3, 8, 8).start();
        String plot = assertThrows(IllegalArgumentException.class, () -> RunPlot.of(run, Theme.LIGHT))
                .getMessage();
        String strip = assertThrows(IllegalArgumentException.class, () -> FilmStrip.of(run, x -> x, 8, Theme.LIGHT))
                .getMessage();
        assertTrue(plot.contains("run.step()") && strip.contains("run.step()"));
    }

    @ParameterizedTest
    @EnumSource
    void latentsShowTheExtremesOfTheirScale(Theme theme) throws Exception {
        Figure figure = LatentsPlot.of(Tensor.of(new float[] {3, -3, 0, 1}, 1, 4, 1, 1), theme);
        Map<Integer, Integer> colours = colours(figure);
        for (double place : new double[] {0, 0.5, 1}) {
            assertSeen(colours, Colormap.DIVERGING.rgb(place), 300 * 300, "channel at " + place);
        }
        assertTrue(figure.altText().contains("between -3.00 (blue) and 3.00 (orange)"), figure.altText());
    }

    @Test
    void attentionAltTextSaysWhereEachWordLooks() throws Exception {
        float[] corner = new float[16];
        corner[3] = 0.5f;
        Figure figure = AttentionPlot.of(
                Picture.of(Tensor.filled(-1, 1, 3, 16, 16)),
                Map.of("apples", Tensor.of(corner, 4, 4)),
                false,
                Theme.DARK);
        assertTrue(
                figure.altText().contains("\"apples\" centres 88 % from the left and 13 % from the top, peak 0.50"),
                figure.altText());
        assertTrue(colours(figure).size() > 50);
    }

    @Test
    void oneScaleMakesAWeakWordDarkAndItsOwnScaleDoesNot() throws Exception {
        Map<String, Tensor> maps = new LinkedHashMap<>();
        maps.put("strong", Tensor.filled(1, 4, 4));
        maps.put("weak", Tensor.filled(0.01, 4, 4));
        Picture picture = Picture.of(Tensor.filled(-1, 1, 3, 16, 16));
        assertNotEquals(
                colours(AttentionPlot.of(picture, maps, true, Theme.LIGHT)),
                colours(AttentionPlot.of(picture, maps, false, Theme.LIGHT)));
    }

    @Test
    void attentionThatIsNowhereIsStillSaid() {
        Figure figure = AttentionPlot.of(
                Picture.of(Tensor.zeros(1, 3, 4, 4)), Map.of("the", Tensor.zeros(2, 2)), true, Theme.LIGHT);
        assertTrue(figure.altText().contains("\"the\" is attended to nowhere"), figure.altText());
        assertDoesNotThrow(figure::png);
    }

    @Test
    void filmStripPairsWhatTheModelSawWithWhatItBelieved() {
        Run run = run(10);
        Picture strip = FilmStrip.of(run, x -> x, 3, Theme.LIGHT).picture();
        int gutter = 2;
        int[] shown = {0, 5, 9};
        for (int column = 0; column < 3; column++) {
            var asked = run.steps().get(shown[column]).calls().get(0);
            int x = gutter + column * (8 + gutter);
            assertEquals(Picture.of(asked.x()).pixel(0, 0), strip.pixel(x, gutter));
            assertEquals(Picture.of(asked.denoised()).pixel(7, 7), strip.pixel(x + 7, gutter + 8 + gutter + 7));
        }
        assertEquals(3 * 10 + 2, strip.width());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 30})
    void filmStripNeverHasMoreFramesThanAskedOrMade(int frames) throws Exception {
        Run run = run(5);
        FilmStrip strip = FilmStrip.of(run, x -> x, frames, Theme.DARK);
        assertEquals(Math.min(frames, 5) * 10 + 2, strip.picture().width());
        assertTrue(
                strip.picture().altText().contains("to step 5 (t 0)"),
                strip.picture().altText());
        assertSeen(colours(strip.figure()), Theme.DARK.text(), 100, "text");
    }

    @Test
    void textOfAnyScriptAndLengthIsDrawn() {
        Map<String, NoiseSchedule> odd = new LinkedHashMap<>();
        odd.put("n".repeat(500), LINEAR);
        odd.put("苹果 🍎 <b>", LINEAR);
        assertDoesNotThrow(() -> SchedulePlot.of(odd, Theme.LIGHT).png());
        Map<String, Tensor> maps = Map.of("🍎".repeat(60), Tensor.filled(1, 2, 2));
        assertDoesNotThrow(() -> AttentionPlot.of(
                        Picture.of(Noise.seed(1).draw(1, 3, 8, 8).tensor()), maps, false, Theme.LIGHT)
                .png());
    }

    @Test
    void scheduleWithoutANameOrNoneAtAllIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> SchedulePlot.of(Map.of(" ", LINEAR), Theme.LIGHT));
        assertThrows(IllegalArgumentException.class, () -> SchedulePlot.of(Map.of(), Theme.LIGHT));
    }

    @Test
    void moreSeriesThanColoursAreDrawnToo() {
        Map<String, NoiseSchedule> many = new LinkedHashMap<>();
        IntStream.range(0, 12)
                .forEach(i -> many.put("schedule " + i, NoiseSchedule.linear(1000, 1e-4, 0.01 + 0.002 * i)));
        assertEquals(
                12,
                SchedulePlot.of(many, Theme.LIGHT)
                        .charts()
                        .get(0)
                        .getSeriesCollection()
                        .size());
        assertDoesNotThrow(() -> SchedulePlot.of(many, Theme.LIGHT).png());
    }

    @Test
    void sameFigureGivesTheSameBytes() {
        assertArrayEquals(
                SchedulePlot.of(schedules(), Theme.DARK).png(),
                SchedulePlot.of(schedules(), Theme.DARK).png());
    }

    @Test
    void intervalsStandAtTheirConditionsAndAreTold() throws Exception {
        var first = new IntervalPlot.Curve(
                "model",
                List.of(new IntervalPlot.Point(0, 0.5, 0.4, 0.7), new IntervalPlot.Point(1, 0.25, 0.125, 0.5)));
        var second = new IntervalPlot.Curve("ceiling", List.of(new IntervalPlot.Point(1, 1, 0.75, 1)));
        Figure figure = IntervalPlot.of(
                "Counts",
                new IntervalPlot.Conditions("n", List.of("one", "two"), false),
                "share",
                List.of(new IntervalPlot.Panel("", List.of(first, second))),
                Theme.LIGHT);
        XYChart chart = figure.charts().get(0);
        XYSeries first1 = (XYSeries) chart.getSeries("model, interval 1");
        XYSeries second1 = (XYSeries) chart.getSeries("ceiling, interval 1");
        assertArrayEquals(new double[] {0.125, 0.5}, first1.getYData());
        assertArrayEquals(new double[] {0.5, 0.25}, ((XYSeries) chart.getSeries("model, measured")).getYData());
        double apart = second1.getXData()[0] - first1.getXData()[0];
        assertTrue(apart > 0 && apart < 0.5, "beside each other at their condition: " + apart);
        assertEquals(null, chart.getSeries("model"), "conditions without an order are not joined");
        assertEquals("Counts; model: one 0.500, two 0.250; ceiling: two 1.00.", figure.altText());
        assertSeen(colours(figure), Theme.LIGHT.series(1), 50, "the second curve");
    }

    @Test
    void longNamesOfConditionsAreShortenedAndTellApartAllTheSame() {
        List<String> names = List.of(
                "asked for boxes of a scene of the same caption",
                "asked for boxes of a scene of another caption",
                "asked for none");
        List<IntervalPlot.Point> points = IntStream.range(0, names.size())
                .mapToObj(i -> new IntervalPlot.Point(i, 0.5, 0.4, 0.6))
                .toList();
        Figure figure = IntervalPlot.of(
                "Boxes",
                new IntervalPlot.Conditions("", names, false),
                "share",
                List.of(new IntervalPlot.Panel("", List.of(new IntervalPlot.Curve("held", points)))),
                Theme.LIGHT);
        Function<Double, String> label = figure.charts().get(0).getStyler().getXAxisTickLabelsFormattingFunction();
        assertEquals("asked for boxes o…", label.apply(0.0));
        assertEquals("asked for boxes o… ", label.apply(1.0));
        assertEquals("asked for none", label.apply(2.0));
        assertTimeoutPreemptively(Duration.ofMinutes(1), figure::png);
    }

    @Test
    void intervalsOfNothingAreRefused() {
        var conditions = new IntervalPlot.Conditions("n", List.of("one"), true);
        assertThrows(
                IllegalArgumentException.class,
                () -> IntervalPlot.of("Counts", conditions, "share", List.of(), Theme.LIGHT));
    }

    @Test
    void failureWithinDrawingIsAnExceptionOfOneLine() {
        Figure broken = new Figure(10, Theme.LIGHT, "broken", List.of(), g -> {
            throw new NoClassDefFoundError("sun/font/Gone");
        });
        String message = assertThrows(IllegalStateException.class, broken::png).getMessage();
        assertEquals(1, message.lines().count());
        assertThrows(
                UncheckedIOException.class,
                () -> LatentsPlot.of(Tensor.zeros(1, 1, 2, 2), Theme.LIGHT).save(Path.of("no such folder", "x.png")));
    }

    @ParameterizedTest
    @EnumSource
    void uNetIsDrawnInTheColoursOfItsBlocksAndTold(Theme theme) throws Exception {
        Architecture tray = Architecture.of(OnnxGraph.read(Path.of("..", "models", "tray", "unet", "model.onnx")));
        Figure figure = ArchitecturePlot.of(tray, "U-Net of tray", 16, 16, theme);
        Map<Integer, Integer> colours = colours(figure);
        for (int i = 0; i < 3; i++) {
            assertSeen(colours, theme.series(i), 2000, "frames of kind " + i);
        }
        assertSeen(colours, theme.series(3), 9 * 100, "a dot for each of eight blocks, and for the timestep");
        assertSeen(colours, theme.series(4), 7 * 150, "a square for each of seven blocks");
        assertEquals(
                "U-Net of tray, drawn as a U with 2 levels, 19 blocks and 4 skips."
                        + " level 0 of 16 x 16: down convolution, residual block, cross-attention; up upsample,"
                        + " residual block, cross-attention, residual block, cross-attention, convolution."
                        + " level 1 of 8 x 8: down downsample, residual block, self- and cross-attention; up residual block,"
                        + " self- and cross-attention, residual block, self- and cross-attention."
                        + " Middle: residual block, self- and cross-attention, residual block."
                        + " 8 blocks take the timestep, 7 look at the prompt.",
                figure.altText());
        assertTrue(ArchitecturePlot.of(tray, "wide", 96, 104, theme).altText().contains("level 1 of 48 x 52"));
    }
}
