package org.daguerre.scene;

import java.util.List;
import java.util.Locale;

/** The kinds of objects, each a stack of tinted layers; the first layer is the body and throws the shadow. */
public enum Shape {
    APPLE(
            body(Outline.ellipse(-0.36, 0.14, 0.60, 0.74)
                    .melt(Outline.ellipse(0.36, 0.14, 0.60, 0.74), 0.30)
                    .butNot(Outline.circle(0, -0.78, 0.22))),
            gloss(-0.42, -0.12, 0.20),
            plain(Outline.stroke(0.02, -0.55, 0.10, -0.98, 0.17), Paint.BARK),
            plain(Outline.ellipse(0.42, -0.80, 0.34, 0.17), Paint.LEAF)),
    PEAR(
            body(Outline.circle(0, 0.30, 0.70).melt(Outline.circle(0, -0.42, 0.42), 0.50)),
            gloss(-0.28, 0.14, 0.20),
            plain(Outline.stroke(0.0, -0.76, 0.14, -1.14, 0.17), Paint.BARK)),
    CUP(
            body(Outline.polygon(-0.80, -0.62, 0.50, -0.62, 0.36, 0.82, -0.66, 0.82)
                    .or(Outline.ellipse(0.56, 0.02, 0.36, 0.40).ring(0.20))),
            new Layer(Outline.ellipse(-0.15, -0.60, 0.65, 0.20), (colour, u, v) -> colour.lit(0.55))),
    STAR(body(Outline.polygon(star(5, 1.12, 0.50)))),
    CUBE(
            body(Outline.polygon(-0.88, -0.40, -0.36, -0.88, 0.88, -0.88, 0.88, 0.36, 0.38, 0.88, -0.88, 0.88)),
            new Layer(
                    Outline.polygon(-0.88, -0.40, -0.36, -0.88, 0.88, -0.88, 0.38, -0.40),
                    (colour, u, v) -> colour.mix(Paint.LIGHT, 0.42)),
            new Layer(
                    Outline.polygon(0.38, -0.40, 0.88, -0.88, 0.88, 0.36, 0.38, 0.88),
                    (colour, u, v) -> colour.lit(0.62))),
    BALL(body(Outline.circle(0, 0, 0.92)), gloss(-0.34, -0.38, 0.26)),
    COIN(
            new Layer(
                    Outline.ellipse(0, 0.20, 1.0, 0.60).or(Outline.ellipse(0, -0.04, 1.0, 0.60)),
                    (colour, u, v) -> colour.lit(0.60)),
            new Layer(Outline.ellipse(0, -0.08, 1.0, 0.58), (colour, u, v) -> colour),
            new Layer(Outline.ellipse(0, -0.08, 0.66, 0.34).ring(0.13), (colour, u, v) -> colour.lit(0.66))),
    HEART(body(Outline.polygon(heart())), gloss(-0.44, -0.36, 0.18));

    /** Paints that do not follow the object's colour; a class of their own because enum constants come before an enum's statics. */
    private static final class Paint {
        static final Rgb LIGHT = new Rgb(255, 255, 255);
        static final Rgb BARK = new Rgb(74, 50, 30);
        static final Rgb LEAF = new Rgb(78, 140, 60);
    }

    private final List<Layer> layers;

    Shape(Layer... layers) {
        this.layers = List.of(layers);
    }

    List<Layer> layers() {
        return layers;
    }

    /** The word a caption uses for one. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The word a caption uses for several. */
    public String plural() {
        return word() + "s";
    }

    /** Light falls from the upper left, so a body darkens towards the lower right. */
    private static Layer body(Outline outline) {
        return new Layer(outline, (colour, u, v) -> colour.lit(1 - 0.11 * (u + v)));
    }

    private static Layer gloss(double u, double v, double radius) {
        return new Layer(Outline.circle(u, v, radius), (colour, x, y) -> colour.mix(Paint.LIGHT, 0.55));
    }

    private static Layer plain(Outline outline, Rgb paint) {
        return new Layer(outline, (colour, u, v) -> paint);
    }

    private static double[] star(int points, double outer, double inner) {
        double[] corners = new double[4 * points];
        for (int i = 0; i < 2 * points; i++) {
            double turn = StrictMath.PI * i / points, radius = i % 2 == 0 ? outer : inner;
            corners[2 * i] = radius * StrictMath.sin(turn);
            corners[2 * i + 1] = 0.06 - radius * StrictMath.cos(turn);
        }
        return corners;
    }

    /** The classical parametric heart, scaled to the unit. */
    private static double[] heart() {
        int n = 48;
        double[] corners = new double[2 * n];
        for (int i = 0; i < n; i++) {
            double t = 2 * StrictMath.PI * i / n, sine = StrictMath.sin(t);
            corners[2 * i] = sine * sine * sine;
            corners[2 * i + 1] = -0.03
                    - (13 * StrictMath.cos(t)
                                    - 5 * StrictMath.cos(2 * t)
                                    - 2 * StrictMath.cos(3 * t)
                                    - StrictMath.cos(4 * t))
                            / 15;
        }
        return corners;
    }
}
