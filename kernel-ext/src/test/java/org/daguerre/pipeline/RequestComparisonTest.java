package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.daguerre.run.Comparison;
import org.junit.jupiter.api.Test;

/** Comparisons of a model's pictures, with the exact model. */
class RequestComparisonTest {

    private static final Request TWO = Daguerre.model("exact")
            .prompt("two")
            .guidance(1)
            .spacing("trailing")
            .steps(3);

    private static void assertReferences(String count, Comparison comparison) {
        assertTrue(comparison.reference().startsWith("distance is from " + count), comparison.reference());
    }

    @Test
    void samplersFromOneNoiseShareTheirReference() {
        assertReferences(
                "a reference solution ",
                TWO.compare(grid -> grid.axis("sampler", List.of("ddim", "heun"), Request::sampler)
                        .map(request -> request.spacing("trailing"))
                        .axis("steps", List.of(3, 4), Request::steps)));
    }

    @Test
    void promptsAndGuidanceFromOneNoiseHaveReferencesOfTheirOwnWhateverTheAxisIsCalled() {
        assertReferences(
                "2 reference solutions ",
                TWO.compare(grid -> grid.axis("sampler", List.of("two", "three"), Request::prompt)));
        assertReferences(
                "2 reference solutions ",
                TWO.guidance(2).compare(grid -> grid.axis("sampler", List.of("", "red"), Request::negative)));
        assertReferences(
                "2 reference solutions ",
                TWO.compare(grid -> grid.axis("sampler", List.of(1.0, 2.0), Request::guidance)));
    }

    @Test
    void runsOfAnotherReferenceStillMakePictures() {
        Comparison comparison = TWO.compare(grid -> grid.axis("steps", List.of(2, 3), Request::steps))
                .reference(4)
                .finish();
        assertEquals(2, comparison.entries().size());
        assertTrue(Prints.comparison(comparison).picture().width() > 2 * 32);
    }
}
