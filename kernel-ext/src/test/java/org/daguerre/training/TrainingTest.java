package org.daguerre.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.run.Sampling;
import org.daguerre.sampler.Euler;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TrainingTest {

    private static final Icons ICONS = Icons.draw(200, 1);

    @Test
    void lossFallsAndTheColourAskedForIsDrawn() {
        Training training = Training.of(ICONS, 1).train(120);
        List<Double> losses = training.losses();
        assertEquals(120, losses.size());
        assertTrue(mean(losses, 100, 120) < 0.6 * mean(losses, 0, 10), losses.toString());
        Tensor red = training.sampling("red ball").steps(10).seed(1).start().finish();
        Tensor blue = training.sampling("blue ball").steps(10).seed(1).start().finish();
        assertTrue(centre(red, 0) > centre(red, 2), "red is more red than blue");
        assertTrue(centre(blue, 2) > centre(blue, 0), "blue is more blue than red");
    }

    @Test
    void sameSeedLearnsTheSameAndAnotherSeedOtherwise() {
        List<Double> losses = Training.of(ICONS, 1).train(3).losses();
        assertEquals(losses, Training.of(ICONS, 1).train(3).losses());
        assertNotEquals(losses, Training.of(ICONS, 2).train(3).losses());
    }

    @Test
    void modelTakenStaysAsItWas() {
        Training training = Training.of(ICONS, 1).train(2);
        Sampling sampling = training.sampling("green cup").steps(3);
        Tensor before = sampling.start().finish();
        training.train(2);
        assertEquals(before, sampling.start().finish());
        assertNotEquals(before, training.sampling("green cup").steps(3).start().finish());
    }

    @Test
    void everySamplerTakesIt() {
        Sampling sampling = Training.of(ICONS, 1).train(2).sampling("").steps(3).sampler(new Euler());
        assertTrue(sampling.start().finish().isFinite());
        assertTrue(Training.of(ICONS, 1).model("").branches().contains(ConditionalDenoiser.UNCOND));
    }

    @Test
    void interruptedTrainingKeepsWhatItLearned() {
        Training training = Training.of(ICONS, 1);
        assertThrows(
                CancellationException.class,
                () -> training.train(5, loss -> Thread.currentThread().interrupt()));
        assertEquals(1, training.losses().size());
        assertEquals(Training.of(ICONS, 1).train(1).losses(), training.losses().subList(0, 1));
    }

    @Test
    void heldOutCombinationIsNeverDrawn() {
        Icons icons = Icons.drawWithout(400, 1, "red heart", "blue star");
        boolean redSeen = false;
        for (int i = 0; i < icons.count(); i++) {
            assertFalse(List.of("red heart", "blue star").contains(icons.caption(i)));
            redSeen |= icons.caption(i).startsWith("red");
        }
        assertTrue(redSeen);
        Tensor picture = icons.picture(0);
        assertTrue(picture.min() >= -1 && picture.max() <= 1 && picture.std() > 0.05);
    }

    @Test
    void mistakesAreNamed() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Icons.draw(0, 1))
                .getMessage()
                .contains("count is 0"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Icons.drawWithout(9, 1, "red"))
                .getMessage()
                .contains("colour and a shape"));
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> Training.of(ICONS, 1).train(0))
                .getMessage()
                .contains("steps is 0"));
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> Training.of(ICONS, 1).model("red dog"))
                .getMessage()
                .contains("'dog'"));
    }

    private static double mean(List<Double> losses, int from, int to) {
        return losses.subList(from, to).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    /** The mean of a channel in the middle of the picture. */
    private static double centre(Tensor picture, int channel) {
        double sum = 0;
        for (int y = 6; y < 10; y++) {
            for (int x = 6; x < 10; x++) {
                sum += picture.get(0, channel, y, x);
            }
        }
        return sum / 16;
    }
}
