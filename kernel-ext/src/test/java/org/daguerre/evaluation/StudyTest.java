package org.daguerre.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StudyTest {

    @Test
    void varianceOfRowsIsThePromptsAndOfColumnsTheSeeds() {
        assertEquals(new VarianceShares(1, 0, 0), VarianceShares.of(List.of(new double[] {1, 1}, new double[] {3, 3})));
        assertEquals(new VarianceShares(0, 1, 0), VarianceShares.of(List.of(new double[] {1, 3}, new double[] {1, 3})));
        assertEquals(new VarianceShares(0, 0, 1), VarianceShares.of(List.of(new double[] {1, 3}, new double[] {3, 1})));
    }

    @Test
    void areaUnderTheCurveIsTheChanceThatTheWrongOneIsHigher() {
        assertEquals(1, Trajectories.areaUnderCurve(List.of(3.0, 4.0), List.of(1.0, 2.0)));
        assertEquals(5.5 / 8, Trajectories.areaUnderCurve(List.of(2.0, 3.0), List.of(2.0, 1.0, 4.0, 1.0)), 1e-12);
        assertTrue(Trajectories.detection(List.of(3.0), List.of(1.0, 2.0)).contains("removes 1 of the wrong"));
    }

    @Test
    void equalPicturesHaveNoDiversityAndGreyOnesNoSaturation() {
        float[] grey = {0.5f, -0.5f, 0.5f, -0.5f, 0.5f, -0.5f}, red = {1, 1, -1, -1, -1, -1};
        assertEquals(0, Pictures.diversity(new float[][] {grey, grey}));
        assertEquals(0, Pictures.saturation(grey));
        assertEquals(1, Pictures.saturation(red));
        assertEquals(255 / Math.sqrt(2), Pictures.diversity(new float[][] {{1}, {-1}}), 1e-9);
    }
}
