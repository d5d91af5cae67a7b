package org.daguerre.backbone;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ConditioningTest {

    private static Conditioning random(int seed, int tokens) {
        return new Conditioning(Map.of(
                Conditioning.PROMPT,
                Noise.seed(seed).draw(1, tokens, 8).tensor(),
                "text_embeds",
                Noise.seed(seed + 100).draw(1, 5).tensor()));
    }

    private final Conditioning a = random(1, 6);
    private final Conditioning b = random(2, 6);

    @Test
    void endsOfTheWayAreThePromptsToTheBit() {
        assertEquals(a, a.lerp(b, 0));
        assertEquals(b, a.lerp(b, 1));
        assertEquals(a, a.slerp(b, 0));
        assertEquals(b, a.slerp(b, 1));
    }

    @Test
    void middleOfTheStraightWayIsTheMean() {
        Tensor mean = a.values()
                .get(Conditioning.PROMPT)
                .plus(b.values().get(Conditioning.PROMPT))
                .times(0.5);
        Tensor middle = a.lerp(b, 0.5).values().get(Conditioning.PROMPT);
        assertTrue(mean.minus(middle).norm() < 1e-6);
    }

    @Test
    void arcTurnsEveryTokenByItsOwnAngle() {
        Tensor from = a.values().get(Conditioning.PROMPT).reshape(6, 8);
        Tensor to = b.values().get(Conditioning.PROMPT).reshape(6, 8);
        Tensor half = a.slerp(b, 0.5).values().get(Conditioning.PROMPT).reshape(6, 8);
        for (int i = 0; i < 6; i++) {
            assertTrue(half.slice(i).minus(halfway(from.slice(i), to.slice(i))).norm() < 1e-5, "token " + i);
        }
    }

    /** On the arc of half the angle the weights are 1 / (2 cos(angle / 2)). */
    private static Tensor halfway(Tensor a, Tensor b) {
        double angle = Math.acos(a.dot(b) / (a.norm() * b.norm()));
        return a.plus(b).times(1 / (2 * Math.cos(angle / 2)));
    }

    @Test
    void shorterPromptIsSaidOverUntilBothAreEquallyLong() {
        Conditioning longer = random(3, 9);
        Tensor said = a.lerp(longer, 0).values().get(Conditioning.PROMPT);
        assertArrayEquals(new int[] {1, 18, 8}, said.shape());
        Tensor tokens = said.reshape(3, 6, 8);
        for (int i = 0; i < 3; i++) {
            assertEquals(a.values().get(Conditioning.PROMPT).slice(0), tokens.slice(i));
        }
        assertArrayEquals(
                new int[] {4, 18, 8},
                Conditioning.batch(List.of(a, longer), 2)
                        .values()
                        .get(Conditioning.PROMPT)
                        .shape());
    }

    @Test
    void conditioningsOfTwoFamiliesHaveNothingBetween() {
        Conditioning other = Conditioning.of(Tensor.zeros(1, 6, 8));
        assertThrows(IllegalArgumentException.class, () -> a.lerp(other, 0.5));
    }
}
