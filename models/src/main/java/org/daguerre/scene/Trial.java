package org.daguerre.scene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * One picture that was judged: a line of a file of trials.
 *
 * @param subject      what is measured
 * @param asked        what the picture must show
 * @param sentence     what was found
 * @param measures     what was right, by name
 * @param squaredError sum over {@code values} of the squared difference to the true picture, of 255; 0 where there is none
 * @param values       how many values of the foreground were compared
 */
record Trial(
        String subject,
        String asked,
        String sentence,
        List<Report.Measure> measures,
        double squaredError,
        long values) {

    static Report.Measure measure(String name, boolean right) {
        return new Report.Measure(name, new Rate(right ? 1 : 0, 1));
    }

    /**
     * Does what is not in the file yet, and sums up.
     *
     * @param asked what trial {@code i} asks
     * @param next  does trial {@code i}
     * @param order the names of the measures, in the order of the report
     * @param done  told how many are done, after each
     */
    static Report run(
            String subject,
            List<String> asked,
            Path file,
            IntFunction<Trial> next,
            List<String> order,
            IntConsumer done)
            throws IOException {
        LineFile<Trial> lines = new LineFile<>(file, Trial.class);
        List<Trial> trials = lines.earlier(
                asked.size(), (i, trial) -> trial.subject.equals(subject) && trial.asked.equals(asked.get(i)));
        done.accept(trials.size());
        while (trials.size() < asked.size()) {
            Trial trial = next.apply(trials.size());
            lines.append(trial);
            trials.add(trial);
            done.accept(trials.size());
        }
        Map<String, Rate> sums = new LinkedHashMap<>();
        order.forEach(name -> sums.put(name, new Rate(0, 0)));
        double squaredError = 0;
        long values = 0;
        for (Trial trial : trials) {
            trial.measures.forEach(measure -> sums.merge(measure.name(), measure.rate(), Rate::plus));
            squaredError += trial.squaredError;
            values += trial.values;
        }
        List<Report.Measure> measures = new ArrayList<>();
        sums.forEach((name, rate) -> measures.add(new Report.Measure(name, rate)));
        Double psnr = values == 0 ? null : 10 * Math.log10(255.0 * 255.0 * values / squaredError);
        return new Report(subject, trials.size(), measures, null, psnr);
    }
}
