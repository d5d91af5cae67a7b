package org.daguerre.denoiser;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.daguerre.schedule.Level;
import org.daguerre.tensor.Noise;
import org.daguerre.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ExactDenoiserTest {

    private static final Level LEVEL = Level.preserving(500, 0.36); // alpha 0.6, sigma 0.8

    private static Tensor scalar(double value) {
        return Tensor.filled(value, 1, 1);
    }

    /** The same by brute force: E[x0 | x] as a quotient of two integrals over x0. */
    @Test
    void mixtureEqualsNumericalIntegration() {
        double[] weights = {0.3, 0.7};
        double[] means = {-1, 0.5};
        double std = 0.4;
        ExactDenoiser model = ExactDenoiser.mixture(weights, List.of(scalar(-1), scalar(0.5)), std);
        for (double x : new double[] {-2, -0.3, 0, 0.9, 3}) {
            double above = 0;
            double below = 0;
            for (double x0 = -8; x0 < 8; x0 += 1e-3) {
                double prior = 0;
                for (int k = 0; k < 2; k++) {
                    prior += weights[k] * Math.exp(-Math.pow((x0 - means[k]) / std, 2) / 2);
                }
                double joint = prior * Math.exp(-Math.pow((x - 0.6 * x0) / 0.8, 2) / 2);
                above += x0 * joint;
                below += joint;
            }
            assertEquals(
                    above / below, model.predict(scalar(x), LEVEL).denoised().get(0, 0), 1e-6);
        }
    }

    @Test
    void gaussianIsAWeightedMeanOfDataAndObservation() {
        Tensor denoised =
                ExactDenoiser.gaussian(scalar(2), 0.5).predict(scalar(1), LEVEL).denoised();
        double gain = 0.6 * 0.25 / (0.36 * 0.25 + 0.64);
        assertEquals(2 + gain * (1 - 0.6 * 2), denoised.get(0, 0), 1e-6);
    }

    @Test
    void finiteSetAnswersWithAMeanOfItsPicturesByLikelihood() {
        ExactDenoiser model = ExactDenoiser.finiteSet(List.of(scalar(-1), scalar(1)));
        double odds = Math.exp(2 * 0.6 * 0.5 / 0.64);
        assertEquals(
                (odds - 1) / (odds + 1),
                model.predict(scalar(0.5), LEVEL).denoised().get(0, 0),
                1e-6);
        assertArrayEquals(new double[] {1 / (1 + odds), odds / (1 + odds)}, model.posterior(scalar(0.5), LEVEL), 1e-9);
    }

    @Test
    void withoutNoiseTheNearestPictureIsCertain() {
        ExactDenoiser model = ExactDenoiser.finiteSet(List.of(scalar(-1), scalar(1)));
        assertEquals(
                1, model.predict(scalar(0.2), Level.preserving(0, 1)).denoised().get(0, 0));
    }

    @Test
    void picturesOfABatchAreIndependent() {
        List<Tensor> pictures = List.of(
                Noise.seed(1).draw(1, 16).tensor(), Noise.seed(2).draw(1, 16).tensor());
        ExactDenoiser model = ExactDenoiser.mixture(new double[] {1, 3}, pictures, 0.3);
        Tensor batch = Noise.seed(3).draw(3, 16).tensor();
        Tensor together = model.predict(batch, LEVEL).denoised();
        for (int i = 0; i < 3; i++) {
            assertEquals(model.predict(batch.slice(i), LEVEL).denoised(), together.slice(i));
        }
    }

    @Test
    void mistakesAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> ExactDenoiser.finiteSet(List.of()));
        assertThrows(IllegalArgumentException.class, () -> ExactDenoiser.gaussian(scalar(0), -1));
        assertThrows(
                IllegalArgumentException.class, () -> ExactDenoiser.mixture(new double[] {0}, List.of(scalar(0)), 1));
        assertThrows(
                IllegalArgumentException.class, () -> ExactDenoiser.finiteSet(List.of(scalar(0), Tensor.zeros(1, 2))));
        ExactDenoiser two = ExactDenoiser.gaussian(Tensor.zeros(1, 2), 1);
        assertThrows(IllegalArgumentException.class, () -> two.predict(Tensor.zeros(1, 3), LEVEL));
    }

    private static final ExactDenoiser THREE = ExactDenoiser.mixture(
            new double[] {1, 2, 3},
            List.of(
                    Noise.seed(1).draw(1, 5).tensor(),
                    Noise.seed(2).draw(1, 5).tensor(),
                    Noise.seed(3).draw(1, 5).tensor()),
            0.4);

    @Test
    void scoreIsTheGradientOfTheLogLikelihoodAndTheNoiseOverMinusSigma() {
        Tensor x = Noise.seed(4).draw(1, 5).tensor();
        Tensor score = THREE.score(x, LEVEL);
        for (int i = 0; i < 5; i++) {
            float[] unit = new float[5];
            unit[i] = 1;
            Tensor axis = Tensor.wrap(unit, 1, 5);
            double ahead = THREE.logLikelihood(x.plus(1e-3, axis), LEVEL)[0];
            double behind = THREE.logLikelihood(x.plus(-1e-3, axis), LEVEL)[0];
            assertEquals((ahead - behind) / 2e-3, score.get(0, i), 1e-3);
        }
        Tensor noise = THREE.predict(x, LEVEL).noise();
        assertEquals(0, score.plus(1 / LEVEL.sigma(), noise).norm(), 1e-5);
    }

    @Test
    void densityOfAMixtureIntegratesToOne() {
        ExactDenoiser model = ExactDenoiser.mixture(new double[] {0.3, 0.7}, List.of(scalar(-1), scalar(0.5)), 0.4);
        double total = 0;
        for (double x = -8; x < 8; x += 1e-2) {
            total += 1e-2 * Math.exp(model.logLikelihood(scalar(x), LEVEL)[0]);
        }
        assertEquals(1, total, 1e-6);
        assertThrows(
                IllegalArgumentException.class,
                () -> ExactDenoiser.finiteSet(List.of(scalar(0))).logLikelihood(scalar(0), Level.preserving(0, 1)));
    }

    /** p(x) is the mean of p(x given a class) by the probabilities of the classes. */
    @Test
    void conditionsAreExactParts() {
        Tensor x = Noise.seed(4).draw(1, 5).tensor();
        double all = Math.exp(THREE.logLikelihood(x, LEVEL)[0]);
        double first = Math.exp(THREE.given(0).logLikelihood(x, LEVEL)[0]);
        double others = Math.exp(THREE.given(1, 2).logLikelihood(x, LEVEL)[0]);
        assertEquals(all, first / 6 + others * 5 / 6, 1e-6 * all);
        ConditionalDenoiser both = THREE.conditioned(0);
        assertEquals(
                THREE.predict(x, LEVEL).denoised(),
                both.predict(x, LEVEL, ConditionalDenoiser.UNCOND).denoised());
        assertEquals(
                THREE.given(0).predict(x, LEVEL).denoised(),
                both.predict(x, LEVEL, ConditionalDenoiser.COND).denoised());
        assertThrows(IllegalArgumentException.class, () -> THREE.given(3));
        assertThrows(IllegalArgumentException.class, THREE::given);
    }

    @Test
    void everyTypeOfPredictionReadsTheSamePicture() {
        Tensor x = Noise.seed(4).draw(1, 5).tensor();
        Tensor picture = THREE.predict(x, LEVEL).denoised();
        for (PredictionType type : PredictionType.standard()) {
            assertEquals(
                    0,
                    THREE.as(type).predict(x, LEVEL).denoised().minus(picture).norm(),
                    1e-6);
        }
        Level exploding = Level.of(0, 1, 3, org.daguerre.schedule.Form.EXPLODING);
        PredictionType edm = new Preconditioned(0.5, false, 0);
        Tensor wide = x.times(3);
        assertEquals(
                0,
                THREE.as(edm)
                        .predict(wide, exploding)
                        .denoised()
                        .minus(THREE.predict(wide, exploding).denoised())
                        .norm(),
                1e-5);
        assertEquals(1 / Math.hypot(3, 0.5), edm.input(wide, exploding).norm() / wide.norm(), 1e-6);
    }

    @Test
    void lambdaIsAPredictionType() {
        PredictionType half = (raw, x, level) -> raw.over(2);
        Tensor x = scalar(0.7);
        Prediction prediction = new Prediction(scalar(1), half, x, LEVEL);
        assertEquals(0.5, prediction.denoised().get(0, 0));
        assertEquals((0.7 - 0.6 * 0.5) / 0.8, prediction.noise().get(0, 0), 1e-6);
        assertThrows(UnsupportedOperationException.class, () -> half.raw(x, x, LEVEL));
    }
}
