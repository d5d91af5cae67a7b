package org.daguerre.doctor;

/**
 * One thing that the doctor looked at.
 *
 * @param well whether it is as it should be
 * @param fact what was found
 * @param remedy what to do; empty if all is well
 */
public record Finding(boolean well, String fact, String remedy) {

    public static Finding well(String fact) {
        return new Finding(true, fact, "");
    }

    public static Finding ill(String fact, String remedy) {
        return new Finding(false, fact, remedy);
    }

    @Override
    public String toString() {
        return well ? "ok  " + fact : "!!  " + fact + "\n    -> " + remedy;
    }
}
