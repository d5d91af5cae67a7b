package org.daguerre.schedule;

/** A ladder that prints its name. */
record NamedLadder(String name, Ladder ladder) implements Ladder {

    @Override
    public double[] sigmas(double max, double min, int n) {
        return ladder.sigmas(max, min, n);
    }

    @Override
    public String toString() {
        return name;
    }
}
