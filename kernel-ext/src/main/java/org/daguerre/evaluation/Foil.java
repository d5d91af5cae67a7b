package org.daguerre.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.daguerre.image.Picture;
import org.daguerre.pipeline.Scorer;
import org.daguerre.scene.Claim;
import org.daguerre.scene.Colour;
import org.daguerre.scene.Group;
import org.daguerre.scene.Prompt;
import org.daguerre.scene.Prompts;
import org.daguerre.scene.Raster;
import org.daguerre.scene.Rate;
import org.daguerre.scene.Renderer;
import org.daguerre.scene.Report;
import org.daguerre.scene.SceneSeries;
import org.daguerre.scene.Shape;
import org.daguerre.tensor.Tensor;

/**
 * A picture's caption with one thing made false. How often a scorer prefers the caption is measured against chance, a half. What the last
 * two exchange leaves the words as they are, so whoever reads a bag of words cannot tell them (Yuksekgonul et al. 2023, arXiv 2210.01936).
 */
public enum Foil {
    COLOUR {
        @Override
        Optional<Claim> of(Claim claim, int turn) {
            Group group = claim.first();
            return alone(claim, new Group(group.count(), other(Colour.values(), group.colour(), turn), group.shape()));
        }
    },
    SHAPE {
        @Override
        Optional<Claim> of(Claim claim, int turn) {
            Group group = claim.first();
            return alone(claim, new Group(group.count(), group.colour(), other(Shape.values(), group.shape(), turn)));
        }
    },
    /** One more or one fewer. */
    NUMBER {
        @Override
        Optional<Claim> of(Claim claim, int turn) {
            Group group = claim.first();
            int count = group.count() + (turn % 2 == 0 || group.count() == 1 ? 1 : -1);
            return alone(claim, new Group(count, group.colour(), group.shape()));
        }
    },
    /** Two groups, each in the other's colour. */
    COLOURS_EXCHANGED {
        @Override
        Optional<Claim> of(Claim claim, int turn) {
            Group first = claim.first(), second = claim.second();
            return second == null || first.colour() == second.colour() || first.shape() == second.shape()
                    ? Optional.empty()
                    : Optional.of(new Claim(first.in(second.colour()), second.in(first.colour()), claim.relation()));
        }
    },
    /** Two objects, each in the other's place. */
    PLACES_EXCHANGED {
        @Override
        Optional<Claim> of(Claim claim, int turn) {
            return claim.place().map(place -> new Claim(claim.second(), claim.first(), place));
        }
    };

    /**
     * What is false of every picture of the claim.
     *
     * @param turn another turn, another foil, where there are several
     * @return empty where the claim has not what is made false
     */
    abstract Optional<Claim> of(Claim claim, int turn);

    /**
     * Asks a scorer about rendered scenes of held-out combinations: which of a caption and its foil fits better, and which of all
     * captions fits best.
     *
     * @param subject names the model
     * @param prompts how many scenes, from 1
     * @param seed    draws the combinations and scenes
     */
    public static Report report(Scorer scorer, String subject, int prompts, long seed) {
        List<Prompt> asked = Prompts.heldOut(prompts, seed);
        List<String> captions =
                asked.stream().map(prompt -> prompt.claim().text()).distinct().toList();
        List<Tensor> captionEmbeds = captions.stream().map(scorer::embed).toList();
        SceneSeries scenes = new SceneSeries(seed);
        Map<Foil, List<Boolean>> preferred = new LinkedHashMap<>();
        int found = 0;
        for (int i = 0; i < prompts; i++) {
            Claim claim = asked.get(i).claim();
            Raster drawn = Renderer.render(scenes.showing(claim, i));
            Tensor shown = scorer.embed(Picture.of(drawn.width(), drawn.height(), drawn.pixels()));
            int own = captions.indexOf(claim.text());
            for (Foil foil : values()) {
                List<Boolean> answers = preferred.computeIfAbsent(foil, f -> new ArrayList<>());
                foil.of(claim, i)
                        .ifPresent(other -> answers.add(Scorer.rank(
                                                List.of(scorer.embed(other.text()), captionEmbeds.get(own)), shown)
                                        .get(0)
                                        .index()
                                == 1));
            }
            found += Scorer.rank(captionEmbeds, shown).get(0).index() == own ? 1 : 0;
        }
        List<Report.Measure> measures = new ArrayList<>();
        preferred.forEach((foil, right) -> measures.add(new Report.Measure(foil.toString(), rate(right))));
        measures.add(new Report.Measure("own caption first of " + captions.size(), new Rate(found, prompts)));
        return new Report(subject, prompts, measures, null, null);
    }

    private static Rate rate(List<Boolean> right) {
        return new Rate((int) right.stream().filter(each -> each).count(), right.size());
    }

    private static Optional<Claim> alone(Claim claim, Group foil) {
        return claim.second() == null ? Optional.of(Claim.of(foil)) : Optional.empty();
    }

    private static <T> T other(T[] values, T value, int turn) {
        List<T> others = IntStream.range(0, values.length)
                .mapToObj(i -> values[i])
                .filter(each -> each != value)
                .toList();
        return others.get(turn % others.size());
    }

    /** As it is called in the report, "colours exchanged". */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
