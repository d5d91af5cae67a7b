package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The samplers by their standard names, each with its default options. A new sampler is one file and one line here. */
public final class Samplers {

    private static final Map<String, Supplier<Sampler>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("ddpm", Ddpm::new);
        BY_NAME.put("ddim", Ddim::new);
        BY_NAME.put("euler", Euler::new);
        BY_NAME.put("euler-ancestral", EulerAncestral::new);
        BY_NAME.put("heun", Heun::new);
        BY_NAME.put("dpmpp-2m", DpmSolverPlusPlus2M::new);
        BY_NAME.put("pndm", Pndm::new);
        BY_NAME.put("lcm", Lcm::new);
        BY_NAME.put("unipc", UniPc::new);
    }

    private Samplers() {}

    /** All names, in the order in which a course meets them. */
    public static List<String> names() {
        return new ArrayList<>(BY_NAME.keySet());
    }

    /**
     * The sampler of a name.
     *
     * @throws IllegalArgumentException if there is none; the message has the nearest name and all others
     */
    public static Sampler named(String name) {
        Supplier<Sampler> sampler = BY_NAME.get(name.toLowerCase(Locale.ROOT));
        if (sampler == null) {
            String nearest = names().stream()
                    .min(Comparator.comparingInt(known -> distance(name.toLowerCase(Locale.ROOT), known)))
                    .orElseThrow();
            throw new IllegalArgumentException("sampler '" + name + "' is unknown. Did you mean " + nearest
                    + "? Known are: " + String.join(", ", names()) + ".");
        }
        return sampler.get();
    }

    /** Levenshtein distance: the fewest insertions, deletions and replacements of a character. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
