package org.daguerre.notebook;

import java.util.EnumMap;
import java.util.Map;
import org.daguerre.notebook.JupyterClient.Cell;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Tests of cells as a user writes them, in a kernel of either family. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InEveryKernel {

    enum Family {
        JJAVA,
        IJAVA
    }

    private final Map<Family, JupyterClient> kernels = new EnumMap<>(Family.class);

    @BeforeAll
    void startKernels() throws Exception {
        kernels.put(Family.JJAVA, new JupyterClient(new JJavaKernel()));
        kernels.put(Family.IJAVA, new JupyterClient(new IJavaKernel()));
    }

    @AfterAll
    void stopKernels() {
        kernels.values().forEach(JupyterClient::close);
    }

    JupyterClient kernel(Family family) {
        return kernels.get(family);
    }

    Cell execute(Family family, String source) {
        return kernel(family).execute(source);
    }

    void executeInEvery(String source) {
        kernels.values().forEach(kernel -> kernel.execute(source).result());
    }
}
