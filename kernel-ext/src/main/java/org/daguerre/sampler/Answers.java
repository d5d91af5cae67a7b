package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Tensor;

/**
 * What a solver of several steps knows of the model, newest first.
 *
 * @param values pictures or noises, whichever the solver expands
 * @param levels where each was given
 */
record Answers(List<Tensor> values, List<Level> levels) {

    Answers {
        values = List.copyOf(values);
        levels = List.copyOf(levels);
    }

    /**
     * A new answer, and behind it what is of use of those before: not one at the same noise, as two at one place tell no
     * derivative, and none about pure noise, which lies infinitely far off in lambda.
     *
     * @param before what was known, or null
     * @param kept how many of those before at most
     */
    static Answers of(Tensor value, Level level, Answers before, int kept) {
        List<Tensor> values = new ArrayList<>(List.of(value));
        List<Level> levels = new ArrayList<>(List.of(level));
        for (int k = 0; before != null && k < before.size() && values.size() <= kept; k++) {
            Level older = before.levels.get(k);
            if (older.alpha() > 0 && older.lambda() != level.lambda()) {
                values.add(before.values.get(k));
                levels.add(older);
            }
        }
        return new Answers(values, levels);
    }

    int size() {
        return values.size();
    }

    Answers newest(int count) {
        return new Answers(values.subList(0, count), levels.subList(0, count));
    }

    /** Lambda of the k-th less that of another level. */
    double lambdaFrom(Level origin, int k) {
        return levels.get(k).lambda() - origin.lambda();
    }
}
