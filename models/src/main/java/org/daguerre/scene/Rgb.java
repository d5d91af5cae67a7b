package org.daguerre.scene;

/** A colour as light, each part in [0, 255]; parts outside are cut off when the picture is written. */
public record Rgb(double red, double green, double blue) {

    /** This colour with its light multiplied: 1 leaves it as it is, 0 is black. */
    public Rgb lit(double light) {
        return new Rgb(red * light, green * light, blue * light);
    }

    /** The mixture {@code (1 - share) this + share other}. */
    public Rgb mix(Rgb other, double share) {
        return new Rgb(
                red + share * (other.red - red),
                green + share * (other.green - green),
                blue + share * (other.blue - blue));
    }

    /** The scalar product with another colour. */
    double dot(Rgb other) {
        return red * other.red + green * other.green + blue * other.blue;
    }

    /** The Euclidean distance to another colour. */
    double distance(Rgb other) {
        double r = red - other.red, g = green - other.green, b = blue - other.blue;
        return Math.sqrt(r * r + g * g + b * b);
    }
}
