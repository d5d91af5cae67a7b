package org.daguerre.scene;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The combinations that no training scene shows, written down in {@code held-out.txt} before the first training: whole colour-shape pairs
 * ("object"), counts of a colour and shape ("count"), and pairs of objects in one picture, whatever their order, counts and places ("two");
 * in {@code held-out-signs.txt} what no sign shows.
 */
public final class HeldOut {

    private static final Set<String> LINES = read(World.TRAYS);
    private static final Set<String> SIGNS = read(World.SIGNS);

    private HeldOut() {}

    /** Whether some combination of this claim is held out. A group whose colour is open must be given the colour it was drawn in. */
    public static boolean contains(Claim claim) {
        for (Group group : claim.groups()) {
            if (LINES.contains("object " + name(group))
                    || LINES.contains("count " + group.count() + " " + name(group))) {
                return true;
            }
        }
        return claim.second() != null && LINES.contains("two " + pair(claim.first(), claim.second()));
    }

    /**
     * Whether this sign is held out: its word ("word"), its word in its colour ("colour") or font ("font"), or its number of fingers in
     * its colour ("hand"). What is left open holds nothing out.
     */
    public static boolean contains(Sign sign) {
        String colour = sign.colour() == null ? "" : " " + sign.colour().word();
        if (sign instanceof Word word) {
            String font = word.font() == null ? "" : " " + word.font().word();
            String letters = word.letters().toLowerCase(Locale.ROOT);
            return SIGNS.contains("word " + letters)
                    || SIGNS.contains("colour " + letters + colour)
                    || SIGNS.contains("font " + letters + font);
        }
        return SIGNS.contains("hand " + ((Hand) sign).fingers() + colour);
    }

    /** The lines of a world's list, without comments. */
    public static Set<String> lines(World world) {
        return world == World.TRAYS ? LINES : SIGNS;
    }

    private static String name(Group group) {
        return group.colour().word() + " " + group.shape().word();
    }

    private static String pair(Group a, Group b) {
        return name(a).compareTo(name(b)) <= 0 ? name(a) + ", " + name(b) : name(b) + ", " + name(a);
    }

    private static Set<String> read(World world) {
        try (var in = new BufferedReader(
                new InputStreamReader(HeldOut.class.getResourceAsStream(world.heldOut()), StandardCharsets.UTF_8))) {
            List<String> lines = in.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            return lines.stream().collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(world.heldOut() + " cannot be read from the jar. Build models/ again.", e);
        }
    }
}
