package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelTest extends InEveryKernel {

    @ParameterizedTest
    @EnumSource
    void helpNamesTheMagics(Family family) {
        assertTrue(execute(family, "%daguerre help").text().contains("%daguerre doctor"));
    }

    @ParameterizedTest
    @EnumSource
    void doctorNamesTheKernel(Family family) {
        String diagnosis = execute(family, "%daguerre doctor").text();
        assertTrue(diagnosis.contains(family == Family.JJAVA ? "in JJava 1.0-a6" : "in IJava"), diagnosis);
    }

    @ParameterizedTest
    @EnumSource
    void commonTypesNeedNoImport(Family family) {
        assertEquals("2", execute(family, "Tensor.zeros(2, 3).rank()").text());
    }

    @ParameterizedTest
    @EnumSource
    void semicolonEndsALineAndBelongsToNoArgument(Family family) {
        assertTrue(execute(family, "%daguerre help;").text().contains("%daguerre doctor"));
    }

    @ParameterizedTest
    @EnumSource
    void magicIsAnExpression(Family family) {
        assertEquals(
                "true",
                execute(family, "Object text = %daguerre help\ntext.toString().contains(\"doctor\")")
                        .outputs("execute_result")
                        .get(0)
                        .data("text/plain"));
    }

    @ParameterizedTest
    @EnumSource
    void mistakeIsAnsweredByFactAndRemedy(Family family) {
        String error = execute(family, "%daguerre docter").error();
        assertTrue(error.contains("topic 'docter' is unknown. Did you mean doctor?"), error);
        assertEquals("2", execute(family, "1 + 1").text());
    }

    @ParameterizedTest
    @EnumSource
    void rendererThatThrowsAnErrorLeavesTheKernelAnswering(Family family) {
        execute(family, "class Broken {}");
        execute(
                family,
                family == Family.JJAVA
                        ? "new org.daguerre.notebook.jjava.JJavaHost(org.dflib.jjava.jupyter.kernel.BaseKernel.notebookKernel())"
                                + ".renderer(Broken.class, b -> { throw new NoClassDefFoundError(\"java/awt/Font\"); });"
                        : "new org.daguerre.notebook.ijava.IJavaHost(org.daguerre.notebook.IJavaKernel.getKernelInstance())"
                                + ".renderer(Broken.class, b -> { throw new NoClassDefFoundError(\"java/awt/Font\"); });");
        assertEquals(
                "Broken cannot be shown: java.lang.NoClassDefFoundError: java/awt/Font. The value itself is intact;"
                        + " %daguerre doctor looks for the reason.",
                execute(family, "new Broken()").text());
        assertEquals("2", execute(family, "1 + 1").text());
    }

    @ParameterizedTest
    @EnumSource
    void toStringThatThrowsAnErrorLeavesTheKernelAnswering(Family family) {
        execute(family, "class Boom { public String toString() { throw new Error(\"render\"); } }");
        assertEquals(
                "Boom cannot be shown: java.lang.Error: render. The value itself is intact; mend its toString().",
                execute(family, "new Boom()").text());
        execute(family, "class Deep { public String toString() { return \"\" + this; } }");
        String deep = execute(family, "new Deep()").text();
        assertTrue(deep.startsWith("Deep cannot be shown: java.lang.StackOverflowError"), deep);
        execute(family, "class Worse extends Error { public String toString() { throw this; } }");
        String worse = execute(family, "new Worse()").text();
        assertTrue(worse.startsWith("Worse cannot be shown: ") && worse.contains("Worse. The value"), worse);
        assertEquals("2", execute(family, "1 + 1").text());
    }

    @ParameterizedTest
    @EnumSource
    void valueWithoutARendererOfItsOwnIsShownWhole(Family family) {
        assertEquals(30_000, execute(family, "\"x\".repeat(30_000)").text().length());
        assertEquals(
                "null",
                execute(family, "new Object() { public String toString() { return null; } }")
                        .text());
    }

    @ParameterizedTest
    @EnumSource
    void heapExhaustionInACellLeavesTheKernelAnswering(Family family) {
        // great pieces, so that the threads of this JVM that run the test keep room of their own
        execute(
                family,
                "void fill() { var hog = new java.util.ArrayList<long[]>(); while (true) hog.add(new long[1 << 26]); }");
        String error = execute(family, "fill()").error();
        assertTrue(error.contains("Java heap space"), error);
        assertEquals("2", execute(family, "1 + 1").text());
    }
}
