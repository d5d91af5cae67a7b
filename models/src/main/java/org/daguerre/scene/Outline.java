package org.daguerre.scene;

/**
 * A region of the plane as a signed distance: negative inside, positive outside, about one per unit of length near the edge.
 *
 * <p>Coordinates are those of a shape: u to the right, v downwards, the shape about one unit in radius. A distance in pixels turns into
 * coverage by {@code clamp(0.5 - distance)}, which needs no supersampling. Formulas after Inigo Quilez, "2D distance functions".
 */
@FunctionalInterface
interface Outline {

    /** Signed distance of the point (u, v) to the edge. */
    double distance(double u, double v);

    static Outline circle(double cu, double cv, double radius) {
        return (u, v) -> Math.sqrt((u - cu) * (u - cu) + (v - cv) * (v - cv)) - radius;
    }

    /** First-order approximation, exact on the edge. */
    static Outline ellipse(double cu, double cv, double ru, double rv) {
        return (u, v) -> {
            double a = (u - cu) / ru, b = (v - cv) / rv;
            double k0 = Math.sqrt(a * a + b * b);
            double k1 = Math.sqrt(a * a / (ru * ru) + b * b / (rv * rv));
            return k1 == 0 ? -Math.min(ru, rv) : k0 * (k0 - 1) / k1;
        };
    }

    /** The line from (u0, v0) to (u1, v1), {@code width} wide, with round ends. */
    static Outline stroke(double u0, double v0, double u1, double v1, double width) {
        return (u, v) -> {
            double du = u1 - u0, dv = v1 - v0;
            double along = Math.max(0, Math.min(1, ((u - u0) * du + (v - v0) * dv) / (du * du + dv * dv)));
            double ru = u - u0 - along * du, rv = v - v0 - along * dv;
            return Math.sqrt(ru * ru + rv * rv) - width / 2;
        };
    }

    /** The polygon through the points u0, v0, u1, v1, ... */
    static Outline polygon(double... points) {
        return (u, v) -> {
            int n = points.length / 2;
            double nearest = Double.MAX_VALUE;
            boolean inside = false;
            for (int i = 0, j = n - 1; i < n; j = i++) {
                double au = points[2 * i], av = points[2 * i + 1];
                double eu = points[2 * j] - au, ev = points[2 * j + 1] - av;
                double wu = u - au, wv = v - av;
                double along = Math.max(0, Math.min(1, (wu * eu + wv * ev) / (eu * eu + ev * ev)));
                double du = wu - along * eu, dv = wv - along * ev;
                nearest = Math.min(nearest, du * du + dv * dv);
                if (av > v != av + ev > v && u < eu * (v - av) / ev + au) {
                    inside = !inside;
                }
            }
            return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
        };
    }

    /** The band of {@code width} along this outline's edge. */
    default Outline ring(double width) {
        return (u, v) -> Math.abs(distance(u, v)) - width / 2;
    }

    /** Everything that is inside this outline or the other. */
    default Outline or(Outline other) {
        return (u, v) -> Math.min(distance(u, v), other.distance(u, v));
    }

    /** Everything that is inside this outline but not inside the other. */
    default Outline butNot(Outline other) {
        return (u, v) -> Math.max(distance(u, v), -other.distance(u, v));
    }

    /** The union with the seam rounded over a width of {@code blend}. */
    default Outline melt(Outline other, double blend) {
        return (u, v) -> {
            double a = distance(u, v), b = other.distance(u, v);
            double h = Math.max(blend - Math.abs(a - b), 0) / blend;
            return Math.min(a, b) - h * h * blend / 4;
        };
    }
}
