package org.daguerre.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt whose parts count more or less, in the notation of AUTOMATIC1111's web UI and of ComfyUI: {@code a (red:1.3) apple}.
 * Weights within each other multiply. Parentheses without a number are text, as they are to diffusers; {@code \(} and
 * {@code \)} are always text.
 *
 * <p>A part of weight w is told to the network as e0 + w (e - e0), where e is the encoder's state of a token and e0 its state
 * at the same place of the empty prompt: ComfyUI's rule, and the form of guidance. 0 says nothing, 1 says the part as it is.
 *
 * @param parts the text in order, neighbours of one weight joined
 */
public record WeightedPrompt(List<Part> parts) {

    private static final double MOST = 10;

    /** Of weights within each other. */
    private static final double MOST_PRODUCT = 100;

    private static final Pattern NUMBER = Pattern.compile(":\\s*([+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+))\\s*$");

    /** Longer than any number that is meant; the text before it is not searched. */
    private static final int NUMBER_CHARS = 16;

    /**
     * A stretch of a prompt.
     *
     * @param text what it says
     * @param weight how much it counts, 0 or more; 1 as it is
     */
    public record Part(String text, double weight) {}

    /** A part that is still read. */
    private record Stretch(StringBuilder text, double weight) {
        Part part() {
            return new Part(text.toString(), weight);
        }
    }

    /** A group with a weight: where its text ends and where the prompt goes on. */
    private record Group(int end, int next, double outer) {}

    public WeightedPrompt {
        parts = List.copyOf(parts);
    }

    /** A text that is taken as it stands, parentheses and all. */
    static WeightedPrompt plain(String text) {
        return new WeightedPrompt(List.of(new Part(text, 1)));
    }

    /**
     * Reads the notation.
     *
     * @throws IllegalArgumentException if a weight is not from 0 to 10, or the product of those within each other is over 100
     */
    public static WeightedPrompt parse(String prompt) {
        int[] closing = closing(prompt);
        List<Stretch> parts = new ArrayList<>();
        Deque<Group> groups = new ArrayDeque<>();
        double weight = 1;
        int at = 0;
        while (at < prompt.length()) {
            if (!groups.isEmpty() && at == groups.peek().end()) {
                Group group = groups.pop();
                weight = group.outer();
                at = group.next();
                continue;
            }
            Matcher number = closing[at] < 0 ? null : number(prompt, at + 1, closing[at]);
            if (number != null) {
                groups.push(new Group(number.start(), closing[at] + 1, weight));
                weight *= weight(number.group(1));
                if (weight > MOST_PRODUCT) {
                    throw new IllegalArgumentException("the prompt has weights within each other that make "
                            + (float) weight + ". Give fewer or smaller ones, 100 in all at most.");
                }
                at++;
            } else {
                at += escaped(prompt, at) ? 1 : 0;
                add(parts, prompt.charAt(at++), weight);
            }
        }
        return new WeightedPrompt(parts.stream().map(Stretch::part).toList());
    }

    /** For every opening parenthesis the place of the one that closes it, -1 elsewhere. */
    private static int[] closing(String prompt) {
        int[] closing = new int[prompt.length()];
        Arrays.fill(closing, -1);
        Deque<Integer> open = new ArrayDeque<>();
        for (int at = 0; at < prompt.length(); at++) {
            if (escaped(prompt, at)) {
                at++;
            } else if (prompt.charAt(at) == '(') {
                open.push(at);
            } else if (prompt.charAt(at) == ')' && !open.isEmpty()) {
                closing[open.pop()] = at;
            }
        }
        return closing;
    }

    private static boolean escaped(String prompt, int at) {
        return prompt.startsWith("\\(", at) || prompt.startsWith("\\)", at);
    }

    /** The number that stands behind a colon at the end of a stretch, or null. */
    private static Matcher number(String prompt, int from, int to) {
        Matcher number = NUMBER.matcher(prompt).region(Math.max(from, to - NUMBER_CHARS), to);
        return number.find() ? number : null;
    }

    private static void add(List<Stretch> parts, char c, double weight) {
        if (parts.isEmpty() || parts.get(parts.size() - 1).weight != weight) {
            parts.add(new Stretch(new StringBuilder(), weight));
        }
        parts.get(parts.size() - 1).text.append(c);
    }

    private static double weight(String number) {
        double weight = Double.parseDouble(number);
        if (!(weight >= 0 && weight <= MOST)) {
            throw new IllegalArgumentException("the prompt has the weight " + number
                    + ". Give 0 to 10, 1 for none; parentheses that are meant as text are written \\( and \\).");
        }
        return weight;
    }
}
