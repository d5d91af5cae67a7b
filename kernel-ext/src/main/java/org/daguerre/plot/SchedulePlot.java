package org.daguerre.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.daguerre.image.Theme;
import org.daguerre.schedule.Form;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.knowm.xchart.XYChart;

/** Noise schedules over their timesteps, several side by side. */
public final class SchedulePlot {

    /** What of a schedule is drawn. */
    public enum Quantity {
        /** The share of the picture in the state's power, alpha². */
        ALPHAS_CUMPROD("Signal power ᾱ = α²", "ᾱ", false),
        /** The noise added by one timestep, 1 - alpha-bar_t / alpha-bar_(t-1); of variance preserving schedules only. */
        BETA("Noise added per timestep β, log scale", "β", true),
        /** Signal-to-noise ratio alpha² / sigma². */
        SNR("Signal-to-noise ratio α² / σ², log scale", "SNR", true),
        /** The weight of the noise, sigma. */
        SIGMA("Noise weight σ", "σ", false);

        private final String title;
        private final String symbol;
        private final boolean logarithmic;

        Quantity(String title, String symbol, boolean logarithmic) {
            this.title = title;
            this.symbol = symbol;
            this.logarithmic = logarithmic;
        }

        private double of(NoiseSchedule schedule, double t) {
            Level level = schedule.at(t);
            boolean asksBefore = this == BETA && t > 0 && level.form() == Form.PRESERVING;
            return of(level, asksBefore ? schedule.at(t - 1).alphasCumprod() : 1);
        }

        /** @param before alpha-bar one timestep before, which beta alone needs */
        private double of(Level level, double before) {
            double value = switch (this) {
                case ALPHAS_CUMPROD -> level.alphasCumprod();
                case SNR -> level.snr();
                case SIGMA -> level.sigma();
                case BETA -> level.form() != Form.PRESERVING ? Double.NaN : 1 - level.alphasCumprod() / before;
            };
            return logarithmic ? Math.log10(value) : value;
        }
    }

    private static final int POINTS = 400;
    private static final String STEPS = "levels of the steps";

    private SchedulePlot() {}

    /**
     * The chosen quantities of each schedule, by name; all that they have if none is chosen.
     *
     * @throws IllegalArgumentException if there is no schedule, one without a name, or beta is chosen and none has it
     */
    public static Figure of(Map<String, ? extends NoiseSchedule> schedules, Theme theme, Quantity... quantities) {
        if (schedules.isEmpty() || schedules.keySet().stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "no schedule to plot, or one without a name. Give one or more, each with a name.");
        }
        schedules.values().forEach(NoiseSchedule::growing);
        Panels panels = new Panels(
                schedules.size() == 1 ? "Noise schedule" : "Noise schedules",
                theme,
                Panels.Key.curves(schedules.keySet()));
        List<XYChart> charts = new ArrayList<>();
        for (Quantity quantity : quantities.length == 0 ? Quantity.values() : quantities) {
            List<Curve> curves = schedules.entrySet().stream()
                    .map(entry -> Curve.of(entry.getKey(), entry.getValue(), quantity, List.of()))
                    .toList();
            if (curves.stream().allMatch(curve -> curve.t.length == 0)) {
                if (quantities.length == 0) {
                    continue;
                }
                throw new IllegalArgumentException(quantity.symbol + " is of variance preserving schedules, and "
                        + String.join(", ", schedules.keySet()) + " is none. Draw schedule, snr or sigma.");
            }
            charts.add(chart(panels, quantity, schedules.values(), curves, List.of()));
        }
        return inRows(panels, charts).figure(altText(schedules));
    }

    /** The schedule of a plan as curves, and the levels that the plan's steps start from as dots. */
    public static Figure of(Plan plan, Theme theme) {
        NoiseSchedule schedule = plan.schedule();
        String steps = plan.count() + (plan.count() == 1 ? " step" : " steps");
        Panels panels = new Panels(
                "The levels of " + steps,
                theme,
                List.of(new Panels.Key(schedule.toString(), false), new Panels.Key(STEPS, true)));
        List<XYChart> charts = new ArrayList<>();
        for (Quantity quantity : List.of(Quantity.ALPHAS_CUMPROD, Quantity.SNR)) {
            List<Level> levels = plan.from().stream()
                    .filter(level -> Double.isFinite(quantity.of(level, 1)))
                    .toList();
            XYChart chart = chart(
                    panels,
                    quantity,
                    List.of(schedule),
                    List.of(Curve.of(schedule.toString(), schedule, quantity, levels)),
                    levels);
            if (!levels.isEmpty()) { // the one level of a single step may be all noise, which has no logarithm
                panels.dots(
                        chart,
                        1,
                        STEPS,
                        levels.stream().mapToDouble(Level::t).toArray(),
                        levels.stream()
                                .mapToDouble(level -> quantity.of(level, 1))
                                .toArray());
            }
            charts.add(chart);
        }
        return inRows(panels, charts)
                .figure("A plan of " + steps + " over the schedule " + schedule + ", from " + describe(plan.from(0))
                        + " to " + describe(plan.end()) + ".");
    }

    /** What can be drawn of a quantity: neither infinite nor undefined. */
    private record Curve(String name, double[] t, double[] values) {

        /** @param through levels that it is drawn through beside the schedule's own timesteps */
        static Curve of(String name, NoiseSchedule schedule, Quantity quantity, List<Level> through) {
            double[] all = DoubleStream.concat(
                            Arrays.stream(timesteps(schedule)), through.stream().mapToDouble(Level::t))
                    .sorted()
                    .distinct()
                    .toArray();
            double[] values =
                    Arrays.stream(all).map(t -> quantity.of(schedule, t)).toArray();
            int[] drawable = IntStream.range(0, all.length)
                    .filter(i -> Double.isFinite(values[i]))
                    .toArray();
            return new Curve(
                    name,
                    Arrays.stream(drawable).mapToDouble(i -> all[i]).toArray(),
                    Arrays.stream(drawable).mapToDouble(i -> values[i]).toArray());
        }
    }

    /** The curves, on axes that hold some levels as well. */
    private static XYChart chart(
            Panels panels,
            Quantity quantity,
            Collection<? extends NoiseSchedule> schedules,
            List<Curve> curves,
            List<Level> levels) {
        XYChart chart = panels.chart(quantity.title, "timestep t", quantity.symbol);
        DoubleSummaryStatistics range = DoubleStream.concat(
                        curves.stream().flatMapToDouble(curve -> Arrays.stream(curve.values)),
                        levels.stream().mapToDouble(level -> quantity.of(level, 1)))
                .summaryStatistics();
        if (quantity.logarithmic) {
            Panels.powersOfTen(chart, range.getMin(), range.getMax());
        } else {
            chart.getStyler().setYAxisMin(0.0);
            chart.getStyler().setYAxisMax(Math.max(1, range.getMax()));
        }
        DoubleSummaryStatistics timesteps = DoubleStream.concat(
                        schedules.stream().flatMapToDouble(s -> DoubleStream.of(s.timestep(0), s.timestep(1))),
                        curves.stream().flatMapToDouble(curve -> Arrays.stream(curve.t)))
                .summaryStatistics();
        chart.getStyler().setXAxisMin(Math.floor(timesteps.getMin()));
        chart.getStyler().setXAxisMax(Math.floor(timesteps.getMax()) + 1);
        for (int i = 0; i < curves.size(); i++) {
            Curve curve = curves.get(i);
            if (curve.t.length > 0) {
                panels.line(chart, i, curve.name, curve.t, curve.values);
            }
        }
        return chart;
    }

    /** Denser towards both ends, where schedules bend. */
    private static double[] timesteps(NoiseSchedule schedule) {
        return IntStream.rangeClosed(0, POINTS)
                .mapToDouble(i -> schedule.timestep((1 - Math.cos(Math.PI * i / POINTS)) / 2))
                .distinct()
                .toArray();
    }

    private static Panels inRows(Panels panels, List<XYChart> charts) {
        for (int i = 0; i < charts.size(); i += 2) {
            if (i + 1 < charts.size()) {
                panels.row(250, charts.get(i), charts.get(i + 1));
            } else {
                panels.row(320, charts.get(i));
            }
        }
        return panels;
    }

    private static String altText(Map<String, ? extends NoiseSchedule> schedules) {
        List<String> parts = new ArrayList<>();
        schedules.forEach((name, schedule) -> parts.add(name + " from " + describe(schedule.at(schedule.timestep(0)))
                + " to " + describe(schedule.at(schedule.timestep(1)))));
        return (schedules.size() == 1 ? "Noise schedule " : "Noise schedules: ") + String.join("; ", parts) + ".";
    }

    private static String describe(Level level) {
        return String.format(
                Locale.ROOT, "alpha-bar %.3g and SNR %.3g at t = %.4g", level.alphasCumprod(), level.snr(), level.t());
    }
}
