package org.daguerre.notebook;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daguerre.image.Theme;
import org.daguerre.name.Names;
import org.daguerre.pipeline.Attention;
import org.daguerre.pipeline.Generation;
import org.daguerre.plot.AttentionPlot;
import org.daguerre.plot.Figure;
import org.daguerre.tensor.Tensor;
import picocli.CommandLine.Option;

/** Which part of a run's attention is shown, and how. */
final class AttentionOptions {

    private static final Pattern STEPS = Pattern.compile("(\\d{1,6})(?:\\.\\.(\\d{1,6}))?");

    @Option(names = "--layer", paramLabel = "NAME", description = "a part of a layer's name, such as up_blocks")
    private String layer;

    @Option(names = "--head", paramLabel = "N", description = "one head of every layer, from 0")
    private Integer head;

    @Option(names = "--step", paramLabel = "N or N..M", description = "a step or a range of steps, from 1")
    private String steps;

    @Option(names = "--picture", paramLabel = "N", description = "which of several pictures, from 1")
    private int picture = 1;

    @Option(names = "--one-scale", description = "draws all words on one scale instead of each on its own")
    private boolean oneScale;

    /** The maps of some words, of all if none is named, over the picture. */
    Figure figure(Generation run, List<String> words, Theme theme) {
        if (picture < 1 || picture > run.count()) {
            throw new IllegalArgumentException("--picture is " + picture + ". Give 1 to " + run.count() + ".");
        }
        Attention attention = chosen(run.attention(picture - 1));
        return AttentionPlot.of(attention.picture(), maps(attention, words), oneScale, theme);
    }

    private Attention chosen(Attention all) {
        Attention attention = layer == null ? all : all.layer(layer);
        attention = head == null ? attention : attention.head(head);
        if (steps == null) {
            return attention;
        }
        Matcher range = STEPS.matcher(steps);
        if (!range.matches()) {
            throw new IllegalArgumentException("--step is " + Names.quoted(steps)
                    + ", not a step. Give a number such as 12, or two such as 1..10.");
        }
        int from = Integer.parseInt(range.group(1));
        return attention.steps(from, range.group(2) == null ? from : Integer.parseInt(range.group(2)));
    }

    private static Map<String, Tensor> maps(Attention attention, List<String> words) {
        if (words == null || words.isEmpty()) {
            return attention.words();
        }
        Map<String, Tensor> maps = new LinkedHashMap<>();
        for (String word : words) {
            String known = word.strip().contains(" ")
                    ? word
                    : Names.known(
                            "word",
                            word.strip().toLowerCase(Locale.ROOT),
                            attention.tokens().words());
            maps.put(word, attention.word(known));
        }
        return maps;
    }
}
