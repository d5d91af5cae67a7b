package org.daguerre.grading;

import org.daguerre.course.CourseExtension;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;

/** Brings {@code %grade} into JJava where graders put this jar on its class path. */
public final class GradingExtension implements Extension {

    @Override
    public void install(BaseKernel kernel) {
        CourseExtension.install(kernel, "grade", HiddenChecks.EXERCISES);
    }
}
