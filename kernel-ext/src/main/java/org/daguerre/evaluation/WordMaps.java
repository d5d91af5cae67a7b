package org.daguerre.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.daguerre.pipeline.Attention;
import org.daguerre.scene.Group;
import org.daguerre.scene.Prompt;
import org.daguerre.scene.Verdict;
import org.daguerre.scene.WordMap;
import org.daguerre.tensor.Tensor;

/** The attention maps of a prompt's words, as the judge compares them with what is in the picture. */
public final class WordMaps {

    private WordMaps() {}

    /**
     * The maps of the words that name something: words that stand twice are told apart by their place.
     *
     * @param groups for each word of the prompt the group that it names, or 0
     */
    public static List<WordMap> of(Attention attention, List<Integer> groups) {
        List<WordMap> maps = new ArrayList<>();
        for (int word = 0; word < groups.size(); word++) {
            int place = word;
            if (groups.get(word) == 0) {
                continue;
            }
            attention.tokens().tokens().stream()
                    .filter(token -> token.word() == place)
                    .findFirst()
                    .ifPresent(token -> {
                        Tensor map = attention.token(attention.tokens().tokens().indexOf(token));
                        maps.add(new WordMap(place, map.shape()[1], map.shape()[0], map.toArray()));
                    });
        }
        return maps;
    }

    /** The mean over these words of {@link WordMap#iou} with what they name in the picture; NaN if nothing of it is there. */
    static double iou(Attention attention, Prompt prompt, Verdict verdict) {
        List<Integer> groups = prompt.caption().groups();
        return of(attention, groups).stream()
                .mapToDouble(map -> {
                    Group named = prompt.claim().groups().get(groups.get(map.word()) - 1);
                    return map.iou(verdict.findings().mask(object -> object.is(named)));
                })
                .filter(iou -> !Double.isNaN(iou))
                .average()
                .orElse(Double.NaN);
    }
}
