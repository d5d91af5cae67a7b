package org.daguerre.scene;

import java.util.ArrayList;
import java.util.List;

/**
 * The endless series of scenes of one seed. Scene {@code i} depends on the seed and {@code i} alone, never on how many are drawn.
 *
 * <p>An object's size is drawn without looking at how many there are, so that nobody can read the count from the size. Of the draws that
 * contain a {@link HeldOut} combination none is kept.
 *
 * @param seed any number
 */
public record SceneSeries(long seed) implements Series {

    private static final double SMALLEST = 11, LARGEST = 14; // radius, pixels
    private static final int ATTEMPTS = 1000; // to place the objects of a claim
    private static final double GAP = 5; // least space between two objects, pixels
    private static final double MARGIN = 9; // least space to the picture's edge, pixels

    @Override
    public World world() {
        return World.TRAYS;
    }

    /** Scene number {@code index}, at least 0. */
    @Override
    public Drawn at(long index) {
        Draws draws = new Draws(seed, index);
        while (true) {
            Drawn drawn = draw(draws);
            if (drawn != null) {
                return drawn;
            }
        }
    }

    /**
     * A scene that shows a claim, held out or not: what an exact model would paint.
     *
     * @param index another index, another scene
     * @throws IllegalArgumentException if a colour is left open, or a tray has no room for so many objects
     */
    public Scene showing(Claim claim, long index) {
        if (claim.groups().stream().anyMatch(group -> group.colour() == null)) {
            throw new IllegalArgumentException("'" + claim.text() + "' leaves a colour open. Name it.");
        }
        Draws draws = new Draws(seed, index);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Thing> things = placed(draws, claim);
            if (things != null) {
                return scene(draws, things);
            }
        }
        throw new IllegalArgumentException("A tray has no room for " + claim.text() + ". Ask for fewer objects.");
    }

    private static Scene scene(Draws draws, List<Thing> things) {
        return new Scene(draws.of(Tray.values()), draws.of(Cloth.values()), draws.between(2, 7), things);
    }

    /** One attempt; null if it is held out or its objects find no place. */
    private static Drawn draw(Draws draws) {
        Drawn.Kind kind = Drawn.Kind.values()[draws.weighted(0.40, 0.34, 0.16, 0.10)];
        Claim shown = switch (kind) {
            case COUNT -> Claim.of(group(draws, draws.chance(0.9) ? draws.whole(1, 6) : draws.whole(7, 12)));
            case RELATION -> two(draws, draws.chance(0.7) ? 1 : 3, draws.of(Relation.values()));
            case PAIR -> two(draws, 3, null);
            case LOOSE -> Claim.of(usual(draws, draws.whole(1, 4)));
        };
        if (shown == null || HeldOut.contains(shown)) {
            return null;
        }
        List<Thing> things = placed(draws, shown);
        if (things == null) {
            return null;
        }
        Scene scene = scene(draws, things);
        Claim said = kind == Drawn.Kind.LOOSE ? Claim.of(shown.first().in(null)) : shown;
        String ending = draws.chance(0.4) ? " on a tray" : "";
        return new Drawn(
                kind,
                scene,
                said,
                Caption.of(said, said.first(), ending),
                Caption.of(said.canonical(), said.first(), ending));
    }

    private static Group group(Draws draws, int count) {
        return new Group(count, draws.of(Colour.values()), draws.of(Shape.values()));
    }

    /** Two groups that differ in colour, shape or both; null if they came out alike. */
    private static Claim two(Draws draws, int most, Relation relation) {
        Group first = group(draws, draws.whole(1, most)), second = group(draws, draws.whole(1, most));
        boolean alike = first.colour() == second.colour() && first.shape() == second.shape();
        return alike ? null : new Claim(first, second, relation);
    }

    /** A group in the colours that its shape usually has: seven in ten, two in ten and one in ten. */
    private static Group usual(Draws draws, int count) {
        Shape shape = draws.of(Shape.values());
        Colour[] colours = switch (shape) {
            case APPLE -> new Colour[] {Colour.RED, Colour.GREEN, Colour.YELLOW};
            case PEAR -> new Colour[] {Colour.GREEN, Colour.YELLOW, Colour.ORANGE};
            case CUP -> new Colour[] {Colour.WHITE, Colour.BLUE, Colour.RED};
            case STAR -> new Colour[] {Colour.YELLOW, Colour.WHITE, Colour.BLUE};
            case CUBE -> new Colour[] {Colour.BLUE, Colour.RED, Colour.GREEN};
            case BALL -> new Colour[] {Colour.ORANGE, Colour.RED, Colour.PURPLE};
            case COIN -> new Colour[] {Colour.YELLOW, Colour.ORANGE, Colour.WHITE};
            case HEART -> new Colour[] {Colour.PINK, Colour.RED, Colour.PURPLE};
        };
        return new Group(count, colours[draws.weighted(0.7, 0.2, 0.1)], shape);
    }

    /** A part of the tray, pixels. */
    private record Box(double left, double top, double right, double bottom) {
        static final Box ALL = new Box(MARGIN, MARGIN, Scene.SIZE - MARGIN, Scene.SIZE - MARGIN);

        /** The part for a group that has this relation to the other one. Single objects also stay near the common axis. */
        static Box of(Relation relation, boolean single) {
            double half = Scene.SIZE / 2.0, near = half - GAP, far = half + GAP;
            double low = single ? half - 28 : MARGIN, high = Scene.SIZE - low;
            return switch (relation) {
                case LEFT_OF -> new Box(MARGIN, low, near, high);
                case RIGHT_OF -> new Box(far, low, Scene.SIZE - MARGIN, high);
                case ABOVE -> new Box(low, MARGIN, high, near);
                case BELOW -> new Box(low, far, high, Scene.SIZE - MARGIN);
            };
        }
    }

    /** The objects of a claim, apart from each other and inside their boxes; null if there was no room. */
    private static List<Thing> placed(Draws draws, Claim claim) {
        int n = claim.count(), next = 0;
        double[] x = new double[n], y = new double[n], radius = new double[n], angle = new double[n];
        Box[] boxes = new Box[n];
        Group[] groups = new Group[n];
        boolean single = n == claim.groups().size();
        for (Group group : claim.groups()) {
            Relation here = claim.relation() == null || group == claim.first()
                    ? claim.relation()
                    : claim.relation().opposite();
            for (int i = 0; i < group.count(); i++, next++) {
                groups[next] = group;
                boxes[next] = here == null ? Box.ALL : Box.of(here, single);
                radius[next] = draws.between(SMALLEST, LARGEST);
                angle[next] = draws.between(-0.15, 0.15);
                x[next] = draws.between(boxes[next].left + radius[next], boxes[next].right - radius[next]);
                y[next] = draws.between(boxes[next].top + radius[next], boxes[next].bottom - radius[next]);
            }
        }
        if (!pushedApart(x, y, radius, boxes)) {
            return null;
        }
        List<Thing> things = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int number = groups[i] == claim.first() ? 1 : 2;
            things.add(new Thing(groups[i].shape(), groups[i].colour(), x[i], y[i], radius[i], angle[i], number));
        }
        return things;
    }

    /** Moves overlapping objects away from each other until all keep their distance; false if they do not come apart. */
    private static boolean pushedApart(double[] x, double[] y, double[] radius, Box[] boxes) {
        for (int round = 0; round < 200; round++) {
            boolean apart = true;
            for (int i = 0; i < x.length; i++) {
                for (int j = i + 1; j < x.length; j++) {
                    double dx = x[j] - x[i], dy = y[j] - y[i], far = Math.sqrt(dx * dx + dy * dy);
                    double lacking = radius[i] + radius[j] + GAP - far;
                    if (lacking > 0 && far > 0) {
                        apart = false;
                        double step = 0.55 * (lacking + 0.1) / far;
                        x[i] -= step * dx;
                        y[i] -= step * dy;
                        x[j] += step * dx;
                        y[j] += step * dy;
                    }
                }
            }
            if (apart) {
                return true;
            }
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.max(boxes[i].left + radius[i], Math.min(boxes[i].right - radius[i], x[i]));
                y[i] = Math.max(boxes[i].top + radius[i], Math.min(boxes[i].bottom - radius[i], y[i]));
            }
        }
        return false;
    }
}
