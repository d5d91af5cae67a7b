package org.daguerre.scene;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Letters of strokes with round ends. */
final class StrokeFont {

    private static final double STROKE = 1.4;
    private static final double L = STROKE / 2, R = Font.WIDTH - L, T = L, B = Font.HEIGHT - L; // where strokes run
    private static final double C = Font.WIDTH / 2.0, M = Font.HEIGHT / 2.0;

    private StrokeFont() {}

    static Outline letter(int letter) {
        return switch (letter) {
            case 'A' -> line(L, B, C, T, R, B).or(line(1.3, 4.5, 3.7, 4.5));
            case 'B' ->
                line(L, M, L, T)
                        .or(line(path(L, T), arc(2.7, 2.05, 1.5, 1.45, -90, 90), path(L, M)))
                        .or(line(path(L, M), arc(2.8, 4.95, 1.6, 1.45, -90, 90), path(L, B, L, M)));
            case 'C' -> line(arc(C, M, 1.9, 2.9, -40, -320));
            case 'D' -> line(path(L, B, L, T), arc(2.2, M, 2.2, 2.9, -90, 90), path(L, B));
            case 'E' -> line(R, T, L, T, L, B, R, B).or(line(L, M, 3.7, M));
            case 'F' -> line(R, T, L, T, L, B).or(line(L, M, 3.7, M));
            case 'G' -> line(arc(C, M, 1.9, 2.9, -40, -330), path(R, 3.9, 3.0, 3.9));
            case 'H' -> line(L, T, L, B).or(line(R, T, R, B)).or(line(L, M, R, M));
            case 'I' -> line(L, T, R, T).or(line(C, T, C, B)).or(line(L, B, R, B));
            case 'J' -> line(1.6, T, R, T).or(line(path(3.2, T), arc(1.9, 5.0, 1.3, 1.4, 0, 180)));
            case 'K' -> line(L, T, L, B).or(line(R, T, L, 4.2)).or(line(1.8, 3.3, R, B));
            case 'L' -> line(L, T, L, B, R, B);
            case 'M' -> line(L, B, L, T, C, 3.9, R, T, R, B);
            case 'N' -> line(L, B, L, T, R, B, R, T);
            case 'O' -> line(arc(C, M, 1.9, 2.9, 0, 360));
            case 'P' -> line(path(L, B, L, T), arc(2.8, 2.25, 1.6, 1.65, -90, 90), path(L, 3.9));
            case 'Q' -> line(arc(C, M, 1.9, 2.9, 0, 360)).or(line(2.9, 4.7, R, B));
            case 'R' ->
                line(path(L, B, L, T), arc(2.8, 2.25, 1.6, 1.65, -90, 90), path(L, 3.9))
                        .or(line(2.4, 3.9, R, B));
            case 'S' -> line(arc(C, 2.05, 1.9, 1.45, -25, -270)).or(line(arc(C, 4.95, 1.9, 1.45, -90, 155)));
            case 'T' -> line(L, T, R, T).or(line(C, T, C, B));
            case 'U' -> line(path(L, T), arc(C, 4.5, 1.9, 1.9, 180, 0), path(R, T));
            case 'V' -> line(L, T, C, B, R, T);
            case 'W' -> line(L, T, 1.5, B, C, 2.8, 3.5, B, R, T);
            case 'X' -> line(L, T, R, B).or(line(R, T, L, B));
            case 'Y' -> line(L, T, C, 3.6, R, T).or(line(C, 3.6, C, B));
            case 'Z' -> line(L, T, R, T, L, B, R, B);
            default ->
                throw new IllegalArgumentException("This font has the letters A to Z, not '" + (char) letter + "'.");
        };
    }

    private static double[] path(double... points) {
        return points;
    }

    /** Points of an ellipse from one angle to another in degrees, 0 at the right, 90 at the bottom. */
    private static double[] arc(double cu, double cv, double ru, double rv, double from, double to) {
        int steps = (int) Math.ceil(Math.abs(to - from) / 20);
        double[] points = new double[2 * (steps + 1)];
        for (int i = 0; i <= steps; i++) {
            double angle = StrictMath.PI / 180 * (from + (to - from) * i / steps);
            points[2 * i] = cu + ru * StrictMath.cos(angle);
            points[2 * i + 1] = cv + rv * StrictMath.sin(angle);
        }
        return points;
    }

    private static Outline line(double[]... parts) {
        return line(Arrays.stream(parts).flatMapToDouble(DoubleStream::of).toArray());
    }

    /** One stroke through the points u0, v0, u1, v1, ... */
    private static Outline line(double... points) {
        Outline[] pieces = new Outline[points.length / 2 - 1];
        for (int i = 0; i < pieces.length; i++) {
            pieces[i] = Outline.stroke(points[2 * i], points[2 * i + 1], points[2 * i + 2], points[2 * i + 3], STROKE);
        }
        return (u, v) -> {
            double nearest = Double.MAX_VALUE;
            for (Outline piece : pieces) {
                nearest = Math.min(nearest, piece.distance(u, v));
            }
            return nearest;
        };
    }
}
