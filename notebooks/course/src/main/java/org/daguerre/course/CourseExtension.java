package org.daguerre.course;

import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;

/** Brings the course into JJava, which finds it as a service. */
public final class CourseExtension implements Extension {

    @Override
    public void install(BaseKernel kernel) {
        install(kernel, "check", Exercises.VISIBLE);
    }

    /** Installs a magic that marks the exercises given. */
    public static void install(BaseKernel kernel, String name, Exercises exercises) {
        CheckMagic magic = new CheckMagic(name, exercises, kernel::evalRaw);
        kernel.getMagicsRegistry().registerLineMagic(name, (k, arguments) -> {
            try {
                return magic.eval(arguments);
            } catch (IllegalArgumentException mistake) {
                mistake.setStackTrace(new StackTraceElement[0]); // the message is the answer
                throw mistake;
            }
        });
    }
}
