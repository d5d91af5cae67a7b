package org.daguerre.evaluation;

import java.util.List;
import java.util.Locale;

/**
 * What a two-way table's variance is made of: rows, columns, and what only both together explain. The sums of squares of a two-way analysis
 * of variance with one observation a cell, as shares of their total.
 *
 * @param prompt of the rows
 * @param seed   of the columns
 * @param rest   of the interaction
 */
record VarianceShares(double prompt, double seed, double rest) {

    /** @param table rows of equal length */
    static VarianceShares of(List<double[]> table) {
        int rows = table.size(), columns = table.get(0).length;
        double[] ofColumn = new double[columns];
        double all = 0, total = 0, prompt = 0, seed = 0;
        for (double[] row : table) {
            for (int j = 0; j < columns; j++) {
                all += row[j] / rows / columns;
                ofColumn[j] += row[j] / rows;
            }
        }
        for (double[] row : table) {
            double mean = 0;
            for (double value : row) {
                mean += value / columns;
                total += (value - all) * (value - all);
            }
            prompt += columns * (mean - all) * (mean - all);
        }
        for (double mean : ofColumn) {
            seed += rows * (mean - all) * (mean - all);
        }
        return total == 0
                ? new VarianceShares(0, 0, 0)
                : new VarianceShares(prompt / total, seed / total, 1 - (prompt + seed) / total);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "Of the variance of the number found, %.1f %% is the prompt's, %.1f %% the seed's, %.1f %% neither's alone.\n",
                100 * prompt,
                100 * seed,
                100 * rest);
    }
}
