package org.daguerre.scene;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The language of signs:
 *
 * <pre>
 * caption = sign [ "on" ("a" | "the") "tray" ]
 * full    = spelled "on" "a" tray "tray" "over" "a" cloth "cloth"
 * sign    = "the" "word" WORD look | hand
 * spelled = "the" "word" "spelled" LETTER { LETTER } look | hand
 * look    = [ "in" [ colour ] [ ("pixel" | "outline") "font" ] ]
 * hand    = ("a" | "an") [ colour ] "hand" [ "with" number ("finger" | "fingers") "raised" ]
 * </pre>
 *
 * A WORD is one of {@link Word#ALL} and one token: a model that reads it so knows no letters ("character-blind", Liu et al. 2022, arXiv
 * 2212.10562). A full caption spells any word. A hand without a number has five fingers raised.
 */
public final class SignGrammar {

    private SignGrammar() {}

    /** Every word of short captions in a fixed order. */
    public static List<String> vocabulary() {
        Set<String> words = new LinkedHashSet<>(List.of("a", "an", "the", "word", "in", "font"));
        Arrays.stream(Font.values()).map(Font::word).forEach(words::add);
        Arrays.stream(Colour.values()).map(Colour::word).forEach(words::add);
        words.addAll(List.of("hand", "with"));
        for (int fingers = 1; fingers <= Hand.ALL; fingers++) {
            words.add(Group.number(fingers));
        }
        words.addAll(List.of("finger", "fingers", "raised", "on", "tray"));
        Word.ALL.stream().map(word -> word.toLowerCase(Locale.ROOT)).forEach(words::add);
        return List.copyOf(words);
    }

    /** Every word of full captions in a fixed order: first those of short captions, then those that only full captions use. */
    public static List<String> fullVocabulary() {
        Set<String> words = new LinkedHashSet<>(vocabulary());
        words.addAll(List.of("spelled", "over", "cloth"));
        for (char letter = 'a'; letter <= 'z'; letter++) {
            words.add(String.valueOf(letter));
        }
        Arrays.stream(Tray.values()).map(Tray::word).forEach(words::add);
        Arrays.stream(Cloth.values()).map(Cloth::word).forEach(words::add);
        return List.copyOf(words);
    }

    /**
     * What is said about a sign in short.
     *
     * @param counted whether the number of fingers is said where all are raised
     * @param ending  " on a tray" or nothing
     */
    static Caption caption(Sign said, boolean counted, String ending) {
        Caption.Writer caption = new Caption.Writer();
        if (said instanceof Word word) {
            say(caption.say("the word").say(word.letters(), 1), word);
        } else {
            say(caption, (Hand) said, counted);
        }
        return caption.say(ending).caption();
    }

    /** All that there is to say about a scene; words are spelled. */
    static Caption full(SignScene scene) {
        Caption.Writer caption = new Caption.Writer();
        if (scene.sign() instanceof Word word) {
            say(caption.say("the word spelled").say(spelled(word), 1), word);
        } else {
            say(caption, (Hand) scene.sign(), true);
        }
        return caption.say(FullClaim.ground(scene.tray(), scene.cloth())).caption();
    }

    /** The sentence that a model is asked: {@link Sign#text()}, its word spelled or not. */
    static String prompt(Sign sign, boolean spelled) {
        return spelled && sign instanceof Word word ? "the word spelled " + spelled(word) + word.look() : sign.text();
    }

    private static String spelled(Word word) {
        return String.join(" ", word.letters().split(""));
    }

    private static void say(Caption.Writer caption, Word word) {
        if (!word.look().isEmpty()) {
            caption.say("in")
                    .say(word.colour() == null ? "" : word.colour().word(), 1)
                    .say(word.font() == null ? "" : word.font().word() + " font");
        }
    }

    private static void say(Caption.Writer caption, Hand hand, boolean counted) {
        String[] parts = hand.text(false).split(" ", 2);
        caption.say(parts[0])
                .say(parts[1], 1)
                .say(counted || hand.fingers() != Hand.ALL ? Hand.raised(hand.fingers()) : "");
    }

    /**
     * Reads a caption, short or full; of a full one tray and cloth are read and dropped.
     *
     * @return what it says, or empty if the sentence is not one of this language
     */
    public static Optional<Sign> parse(String text) {
        WordReader words = new WordReader(text);
        Sign sign = words.take("the", "word") ? word(words) : hand(words);
        if (sign == null) {
            return Optional.empty();
        }
        boolean whole = words.ended();
        whole |= (words.take("on", "a", "tray") || words.take("on", "the", "tray")) && words.ended();
        for (Tray tray : Tray.values()) {
            for (Cloth cloth : Cloth.values()) {
                whole |= words.takeAll(FullClaim.ground(tray, cloth)) && words.ended();
            }
        }
        return whole ? Optional.of(sign) : Optional.empty();
    }

    private static Word word(WordReader words) {
        String letters = words.take("spelled") ? letters(words) : listed(words);
        if (letters.isEmpty() || letters.length() > Word.MOST) {
            return null;
        }
        boolean look = words.take("in");
        Colour colour = look ? words.colour() : null;
        Font font = null;
        for (Font each : Font.values()) {
            font = look && words.take(each.word(), "font") ? each : font;
        }
        return look && colour == null && font == null ? null : new Word(letters, font, colour);
    }

    private static String letters(WordReader words) {
        StringBuilder letters = new StringBuilder();
        for (String letter = words.letter(); !letter.isEmpty(); letter = words.letter()) {
            letters.append(letter);
        }
        return letters.toString();
    }

    private static String listed(WordReader words) {
        return Word.ALL.stream()
                .filter(word -> words.take(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElse("");
    }

    private static Hand hand(WordReader words) {
        if (!words.take("a") && !words.take("an")) {
            return null;
        }
        Colour colour = words.colour();
        if (!words.take("hand")) {
            return null;
        }
        int fingers = Hand.ALL;
        if (words.take("with")) {
            fingers = words.number();
            if (fingers < 1 || fingers > Hand.ALL || !words.take(fingers == 1 ? "finger" : "fingers", "raised")) {
                return null;
            }
        }
        return new Hand(fingers, colour);
    }
}
