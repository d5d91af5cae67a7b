package org.daguerre.scene;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The combinations that no training scene shows, written down in {@code held-out.txt} before the first training: whole colour-shape pairs
 * ("object"), counts of a colour and shape ("count"), and pairs of objects in one picture, whatever their order, counts and places ("two").
 */
public final class HeldOut {

    private static final Set<String> LINES = read();

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

    /** The lines of the list, without comments. */
    public static Set<String> lines() {
        return LINES;
    }

    private static String name(Group group) {
        return group.colour().word() + " " + group.shape().word();
    }

    private static String pair(Group a, Group b) {
        return name(a).compareTo(name(b)) <= 0 ? name(a) + ", " + name(b) : name(b) + ", " + name(a);
    }

    private static Set<String> read() {
        try (var in = new BufferedReader(
                new InputStreamReader(HeldOut.class.getResourceAsStream("held-out.txt"), StandardCharsets.UTF_8))) {
            List<String> lines = in.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            return lines.stream().collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException("held-out.txt cannot be read from the jar. Build models/ again.", e);
        }
    }
}
