package org.daguerre.table;

import java.util.List;
import java.util.stream.IntStream;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import tech.tablesaw.api.Table;

/** The levels of a schedule or a plan, one a row, with the columns t, alphas_cumprod, alpha, sigma, snr. */
public final class ScheduleTable {

    private ScheduleTable() {}

    /**
     * Timesteps spread evenly from the first to the last.
     *
     * @param rows at most so many of them, 2 or more; {@code schedule.numTrainTimesteps()} gives them all
     */
    public static Table of(NoiseSchedule schedule, int rows) {
        if (rows < 2) {
            throw new IllegalArgumentException("rows is " + rows + ". Give 2 or more.");
        }
        return table(
                schedule.toString(),
                IntStream.range(0, rows)
                        .mapToDouble(i -> schedule.timestep((double) i / (rows - 1)))
                        .distinct()
                        .mapToObj(schedule::at)
                        .toList());
    }

    /** The levels that the steps of a plan start from, noisiest first, and its end. */
    public static Table of(Plan plan) {
        return table(
                plan.count() + " steps over " + plan.schedule(),
                IntStream.rangeClosed(0, plan.count())
                        .mapToObj(i -> i < plan.count() ? plan.from(i) : plan.end())
                        .toList());
    }

    private static Table table(String name, List<Level> levels) {
        return Table.create(
                name,
                FourDigits.column("t", levels.stream().mapToDouble(Level::t).toArray()),
                FourDigits.column(
                        "alphas_cumprod",
                        levels.stream().mapToDouble(Level::alphasCumprod).toArray()),
                FourDigits.column(
                        "alpha", levels.stream().mapToDouble(Level::alpha).toArray()),
                FourDigits.column(
                        "sigma", levels.stream().mapToDouble(Level::sigma).toArray()),
                FourDigits.column("snr", levels.stream().mapToDouble(Level::snr).toArray()));
    }
}
