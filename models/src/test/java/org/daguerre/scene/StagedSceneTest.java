package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StagedSceneTest {

    private static Verdict judged(StagedScene staged, String claim) {
        return Judge.judge(Renderer.render(staged.scene()), Grammar.parse(claim).orElseThrow());
    }

    @Test
    void theTruthIsTrueByTheJudgesEyes() {
        for (StagedScene staged :
                List.of(StagedScene.fiveApples(), StagedScene.fiveApplesOneABlob(), StagedScene.fourCoins())) {
            Verdict verdict = judged(staged, staged.truth().text());
            assertTrue(verdict.right(), verdict.sentence());
        }
    }

    @Test
    void onlyTheBlobKeepsThePromptFromBeingTrue() {
        assertTrue(judged(StagedScene.fiveApples(), StagedScene.fiveApples().prompt())
                .right());
        assertTrue(judged(StagedScene.fourCoins(), StagedScene.fourCoins().prompt())
                .right());
        Verdict blob = judged(
                StagedScene.fiveApplesOneABlob(), StagedScene.fiveApples().prompt());
        assertFalse(blob.right());
        assertEquals("found 4 red apples; asked for five red apples", blob.sentence());
    }
}
