package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cells as a user writes them, in a kernel of either family. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelTest {

    private JupyterClient jjava;
    private JupyterClient ijava;

    @BeforeAll
    void start() throws Exception {
        jjava = new JupyterClient(new JJavaKernel());
        ijava = new JupyterClient(new IJavaKernel());
    }

    @AfterAll
    void stop() {
        jjava.close();
        ijava.close();
    }

    Stream<JupyterClient> kernels() {
        return Stream.of(jjava, ijava);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void helpNamesTheMagics(JupyterClient kernel) {
        assertTrue(kernel.execute("%daguerre help").text().contains("%daguerre doctor"));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void doctorNamesTheKernel(JupyterClient kernel) {
        String diagnosis = kernel.execute("%daguerre doctor").text();
        assertTrue(diagnosis.contains(kernel == jjava ? "in JJava 1.0-a6" : "in IJava"), diagnosis);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void commonTypesNeedNoImport(JupyterClient kernel) {
        assertEquals("2", kernel.execute("Tensor.zeros(2, 3).rank()").text());
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void semicolonEndsALineAndBelongsToNoArgument(JupyterClient kernel) {
        assertTrue(kernel.execute("%daguerre help;").text().contains("%daguerre doctor"));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void magicIsAnExpression(JupyterClient kernel) {
        assertEquals("true", kernel.execute("Object text = %daguerre help\ntext.toString().contains(\"doctor\")").text());
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void mistakeIsAnsweredByFactAndRemedy(JupyterClient kernel) {
        String error = kernel.execute("%daguerre docter").error();
        assertTrue(error.contains("topic 'docter' is unknown. Did you mean doctor?"), error);
        assertEquals("2", kernel.execute("1 + 1").text());
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void rendererThatThrowsAnErrorLeavesTheKernelAnswering(JupyterClient kernel) {
        kernel.execute("class Broken {}");
        kernel.execute(
                kernel == jjava
                        ? "new org.daguerre.notebook.jjava.JJavaHost(org.dflib.jjava.jupyter.kernel.BaseKernel.notebookKernel())"
                                + ".renderer(Broken.class, b -> { throw new NoClassDefFoundError(\"java/awt/Font\"); });"
                        : "new org.daguerre.notebook.ijava.IJavaHost(org.daguerre.notebook.IJavaKernel.getKernelInstance())"
                                + ".renderer(Broken.class, b -> { throw new NoClassDefFoundError(\"java/awt/Font\"); });");
        assertEquals(
                "Broken cannot be shown: java.lang.NoClassDefFoundError: java/awt/Font. The value itself is intact;"
                        + " %daguerre doctor looks for the reason.",
                kernel.execute("new Broken()").text());
        assertEquals("2", kernel.execute("1 + 1").text());
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void heapExhaustionInACellLeavesTheKernelAnswering(JupyterClient kernel) {
        String error = kernel.execute("var hog = new java.util.ArrayList<long[]>(); while (true) hog.add(new long[1 << 24]);")
                .error();
        assertTrue(error.contains("Java heap space"), error);
        kernel.execute("hog = null;");
        assertEquals("2", kernel.execute("1 + 1").text());
    }
}
