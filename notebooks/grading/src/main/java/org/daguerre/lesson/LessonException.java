package org.daguerre.lesson;

/** A mistake in a lesson's source, with the file and the line where it is. */
public final class LessonException extends RuntimeException {

    private static final long serialVersionUID = 1;

    LessonException(String file, int line, String factAndRemedy) {
        super(file + ":" + line + ": " + factAndRemedy);
    }
}
