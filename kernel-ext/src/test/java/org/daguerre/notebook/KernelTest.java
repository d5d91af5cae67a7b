package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.Map;
import org.daguerre.notebook.JupyterClient.Cell;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cells as a user writes them, in a kernel of either family. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelTest {

    enum Family {
        JJAVA,
        IJAVA
    }

    private final Map<Family, JupyterClient> kernels = new EnumMap<>(Family.class);

    @BeforeAll
    void start() throws Exception {
        kernels.put(Family.JJAVA, new JupyterClient(new JJavaKernel()));
        kernels.put(Family.IJAVA, new JupyterClient(new IJavaKernel()));
    }

    @AfterAll
    void stop() {
        kernels.values().forEach(JupyterClient::close);
    }

    private Cell execute(Family family, String source) {
        return kernels.get(family).execute(source);
    }

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
