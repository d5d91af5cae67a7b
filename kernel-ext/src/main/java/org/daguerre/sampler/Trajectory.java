package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedList;
import java.util.List;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.Plan;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;

/**
 * The way of a state from noise to picture so far: a linked list that grows by {@link #then}. Going back or branching is
 * holding on to an earlier one; it costs nothing and brings memory and noise back with the step.
 */
public final class Trajectory {

    private final Plan plan;
    private final Trajectory before;
    private final Step last;
    private final Tensor x;
    private final Noise noise;
    private final int startIndex;
    private final int length;
    private final List<Integer> rises;

    private Trajectory(
            Plan plan,
            Trajectory before,
            Step last,
            Tensor x,
            Noise noise,
            int startIndex,
            int length,
            List<Integer> rises) {
        this.plan = plan;
        this.before = before;
        this.last = last;
        this.x = x;
        this.noise = noise;
        this.startIndex = startIndex;
        this.length = length;
        this.rises = rises;
    }

    /** At the start of a plan: x_T drawn from the noise in the given shape, and scaled as the plan says. */
    public static Trajectory start(Plan plan, Noise noise, int... shape) {
        Noise.Draw draw = noise.draw(shape);
        return start(plan, 0, plan.start(draw.tensor()), draw.after());
    }

    /** At step {@code index} of a plan, in a given state; {@code noise} is what random steps draw from. */
    public static Trajectory start(Plan plan, int index, Tensor x, Noise noise) {
        if (index < 0 || index >= plan.count()) {
            throw new IllegalArgumentException("start index is " + index + ". Give 0 to " + (plan.count() - 1) + ".");
        }
        return new Trajectory(plan, null, null, x, noise, index, 0, List.of());
    }

    /** One step further. */
    public Trajectory then(Step step) {
        List<Integer> risen = rises;
        if (rises(step.level())) {
            risen = new ArrayList<>(rises);
            risen.add(step.level().index());
        }
        return new Trajectory(plan, this, step, step.x(), step.noise(), startIndex, length + 1, risen);
    }

    private boolean rises(Level reached) {
        if (reached.index() < 0 || reached.isEnd()) {
            return false;
        }
        Level level = level();
        return level.index() >= 0
                ? reached.index() <= level.index()
                : plan.from(reached.index()).ratio() >= level.ratio();
    }

    /** The trajectory n steps ago. */
    public Trajectory back(int n) {
        Trajectory at = this;
        int back = 0;
        while (back < n && at.before != null) {
            at = at.before;
            back++;
        }
        if (n < 0 || back < n) {
            int most = n < 0 ? length : back;
            throw new IllegalArgumentException(
                    "cannot go back " + n + " steps, " + most + " were made. Give 0 to " + most + ".");
        }
        return at;
    }

    /**
     * The same place without the way behind it: of the steps made only the last is kept and how often they rose, and back
     * there is none.
     */
    public Trajectory alone() {
        return new Trajectory(plan, null, last, x, noise, startIndex, length, rises);
    }

    public Plan plan() {
        return plan;
    }

    /** The state now. */
    public Tensor x() {
        return x;
    }

    /** The random numbers to come. */
    public Noise noise() {
        return noise;
    }

    /** The level that the state has now, and that the next step asks the model with. */
    public Level level() {
        if (last == null) {
            return plan.from(startIndex);
        }
        Level reached = last.level();
        return reached.index() >= 0 && !reached.isEnd() ? plan.from(reached.index()) : reached;
    }

    /** The level that the next step leads to; off the grid, the first of the plan with less noise. */
    public Level next() {
        Level level = level();
        if (level.isEnd()) {
            throw new IllegalStateException("the run is done, there is no next step. Go back or start again.");
        }
        if (level.index() >= 0) {
            return plan.to(level.index());
        }
        return plan.to().stream()
                .filter(to -> to.ratio() < level.ratio())
                .findFirst()
                .orElseGet(plan::end);
    }

    /** True when nothing is left to do. */
    public boolean done() {
        return level().isEnd();
    }

    /** Steps of the plan that are left. */
    public int stepsLeft() {
        Level level = level();
        return level.index() >= 0
                ? plan.count() - level.index()
                : (int) plan.to().stream()
                        .filter(to -> to.ratio() < level.ratio())
                        .count();
    }

    /** The last step, or null at the start. */
    public Step last() {
        return last;
    }

    /** Steps made. */
    public int length() {
        return length;
    }

    /** How many steps ended at level {@code index} of the plan without having come down to it. */
    public int rises(int index) {
        return Collections.frequency(rises, index);
    }

    /** All steps made, first to last. */
    public List<Step> steps() {
        LinkedList<Step> steps = new LinkedList<>();
        for (Trajectory at = this; at != null && at.last != null; at = at.before) {
            steps.addFirst(at.last);
        }
        return List.copyOf(steps);
    }

    /** What the sampler noted at the last step; null if another sampler, an edit or nobody made it. */
    public <M> M memory(Class<M> type) {
        return last != null && type.isInstance(last.memory()) ? type.cast(last.memory()) : null;
    }

    @Override
    public String toString() {
        return length + " of " + (plan.count() - startIndex) + " steps made, x " + x;
    }
}
