package org.daguerre.notebook;

import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One result in several forms, of which a front end shows the richest that it can. Plain text is always among them: it is
 * what a terminal shows and what a screen reader says.
 *
 * @param data the forms by MIME type; binary ones in Base64
 * @param metadata how to show them: {@code needs_background}, or by MIME type {@code width}, {@code height}, {@code alt}
 */
public record MimeBundle(Map<String, String> data, Map<String, Object> metadata) {

    public static final String TEXT = "text/plain";
    public static final String HTML = "text/html";
    public static final String PNG = "image/png";

    public MimeBundle {
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        metadata = Map.copyOf(metadata);
        if (!data.containsKey(TEXT)) {
            throw new IllegalArgumentException("the bundle has no " + TEXT + ", only " + data.keySet()
                    + ". Give the text that stands for the rest.");
        }
    }

    private static final int MAX_TEXT = 20_000;

    /** Text alone; what no page could hold is cut, and says so. */
    public static MimeBundle text(String text) {
        String shown = text.length() <= MAX_TEXT
                ? text
                : text.substring(0, MAX_TEXT) + "... (" + text.length() + " characters in all)";
        return new MimeBundle(Map.of(TEXT, shown), Map.of());
    }

    /** HTML with the text that stands for it. Whatever a user wrote must have gone through {@link #escape}. */
    public MimeBundle html(String html) {
        return with(HTML, html);
    }

    /**
     * A PNG with the text that stands for it, shown with the given width and height in CSS pixels. The light ground keeps
     * dark ink legible where a picture is transparent.
     */
    public MimeBundle png(byte[] png, int width, int height) {
        Map<String, Object> shown = Map.of("width", width, "height", height, "alt", data.get(TEXT));
        return new MimeBundle(
                with(PNG, Base64.getEncoder().encodeToString(png)).data,
                Map.of(PNG, shown, "needs_background", "light"));
    }

    private MimeBundle with(String type, String form) {
        Map<String, String> more = new LinkedHashMap<>(data);
        more.put(type, form);
        return new MimeBundle(more, metadata);
    }

    /** Text made safe to stand in HTML, in elements and in quoted attributes. */
    public static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }

    /** The bundle that a renderer makes of a value; if it throws, whatever it throws, a line that says so. */
    public static <T> MimeBundle of(T value, Function<? super T, MimeBundle> renderer) {
        try {
            return renderer.apply(value);
        } catch (Throwable t) {
            return unshown(value, t, "%daguerre doctor looks for the reason.");
        }
    }

    /** The line that says why a value cannot be shown; what was thrown may be as broken as what threw it. */
    static MimeBundle unshown(Object value, Throwable thrown, String remedy) {
        String reason;
        try {
            reason = thrown.toString();
        } catch (Throwable t) {
            reason = thrown.getClass().getName();
        }
        return text(value.getClass().getSimpleName() + " cannot be shown: " + reason.replaceFirst("\\.$", "")
                + ". The value itself is intact; "
                + remedy);
    }
}
