package org.daguerre.table;

import java.math.BigDecimal;
import java.math.MathContext;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

/** Prints four significant digits, so that a run fits a notebook's page; the column keeps its numbers whole. */
final class FourDigits extends NumberColumnFormatter {

    private static final MathContext DIGITS = new MathContext(4);

    private FourDigits() {
        super("");
    }

    static DoubleColumn column(String name, double... values) {
        DoubleColumn column = DoubleColumn.create(name, values);
        column.setPrintFormatter(new FourDigits());
        return column;
    }

    @Override
    public String format(double value) {
        if (Double.isNaN(value)) {
            return getMissingString();
        }
        if (Double.isInfinite(value) || value == 0) {
            return value == 0 ? "0" : Double.toString(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        double size = Math.abs(value);
        return size >= 1e-5 && size < 1e7 ? rounded.toPlainString() : rounded.toString();
    }
}
