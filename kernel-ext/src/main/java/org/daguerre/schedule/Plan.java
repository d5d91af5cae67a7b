package org.daguerre.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.daguerre.tensor.Tensor;

/**
 * All levels of a run, decided before its first step: step i leads from {@code from(i)} to {@code to(i)}. Normally
 * {@code to(i)} is {@code from(i + 1)}; diffusers' DDIM off leading spacing is the exception.
 *
 * @param schedule what the levels were taken from
 * @param from where each step starts, noisiest first
 * @param to where each step ends; the last one is the end of the plan
 * @param startScale x_T = startScale eps
 */
public record Plan(NoiseSchedule schedule, List<Level> from, List<Level> to, double startScale) {

    public Plan {
        if (from.isEmpty() || from.size() != to.size()) {
            throw new IllegalArgumentException("a plan of " + from.size() + " starts and " + to.size()
                    + " ends. Give as many ends as starts, and at least one.");
        }
        int n = from.size();
        List<Level> starts = from;
        List<Level> ends = to;
        from = IntStream.range(0, n).mapToObj(i -> starts.get(i).at(i, n)).toList();
        to = IntStream.range(0, n).mapToObj(i -> ends.get(i).at(i + 1, n)).toList();
    }

    /** A plan through the given levels, noisiest first, the last one being its end. */
    public static Plan through(NoiseSchedule schedule, List<Level> levels, double startScale) {
        int n = levels.size() - 1;
        return new Plan(
                schedule,
                levels.subList(0, Math.max(0, n)),
                levels.subList(Math.min(1, levels.size()), levels.size()),
                startScale);
    }

    /** Steps of the run. */
    public int count() {
        return from.size();
    }

    public Level from(int i) {
        return from.get(i);
    }

    public Level to(int i) {
        return to.get(i);
    }

    /** Where the run ends: sigma 0, or the last noise a library leaves in. */
    public Level end() {
        return to.get(count() - 1);
    }

    /** The state that a run over the whole plan starts from. */
    public Tensor start(Tensor noise) {
        return noise.times(startScale);
    }

    /** Clean data brought to the start of step i: alpha x0 + sigma eps. A run started there edits a given picture. */
    public Tensor start(int i, Tensor x0, Tensor noise) {
        return x0.times(from(i).alpha()).plus(from(i).sigma(), noise);
    }

    @Override
    public String toString() {
        List<String> ts = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            if (count() > 8 && i == 4) {
                ts.add("...");
                i = count() - 3;
            }
            double t = from(i).t();
            ts.add(t == Math.rint(t) ? Long.toString((long) t) : String.format(java.util.Locale.ROOT, "%.2f", t));
        }
        return count() + " steps at t = " + String.join(", ", ts) + " over " + schedule;
    }
}
