package org.daguerre.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoiseTest {

    /** Hashes of torch.randn(n, generator=torch.Generator().manual_seed(seed)) as little-endian float32. */
    @ParameterizedTest(name = "seed {0}, {1} values")
    @CsvSource({
        "0, 16, 7648137a31024642",
        "0, 17, 6d2169852e19b6d1",
        "0, 31, cc1d58695e923901",
        "0, 768, 518f60c0a5a3224f",
        "0, 16384, 24efac55b39e95b2",
        "42, 16384, e97f3de04c7c6ba8",
        "1234567890123, 16384, 813f807c152c1cc8",
        "-5, 16384, ffde6f0fc4eb167d"
    })
    void equalsTorchBitForBit(long seed, int size, String hash) {
        assertEquals(hash, sha256(Noise.seed(seed).draw(size).tensor()));
    }

    @ParameterizedTest(name = "seed {0}")
    @CsvSource({"0, 1.540996, -0.2934289, -2.178789, 0.5684313", "42, 0.3366904, 0.1288094, 0.2344624, 0.230333"})
    void fewValuesEqualTorch(long seed, float a, float b, float c, float d) {
        assertArrayEquals(
                new float[] {a, b, c, d}, Noise.seed(seed).draw(4).tensor().toArray(), 1e-6f);
    }

    @Test
    void secondDrawContinuesTheFirst() {
        Noise.Draw first = Noise.seed(0).draw(16);
        assertEquals(16, first.after().words());
        assertNotEquals(first.tensor(), first.after().draw(16).tensor());
        float[] both = Noise.seed(0).draw(32).tensor().toArray();
        float[] second = first.after().draw(16).tensor().toArray();
        assertEquals(both[16], second[0]);
    }

    @Test
    void unfinishedBlockIsDrawnAgain() {
        assertEquals(33, Noise.seed(0).draw(17).after().words());
    }

    @Test
    void oddNumberOfSingleValuesLeavesOneOver() {
        Noise.Draw five = Noise.seed(0).draw(5);
        float sixth = five.after().draw(1).tensor().get(0);
        assertEquals(Noise.seed(0).draw(6).tensor().get(5), sixth);
        assertEquals(12, five.after().words());
        assertEquals(12, five.after().draw(1).after().words());
    }

    @Test
    void blocksLeaveTheSpareValueAlone() {
        Noise afterOne = Noise.seed(0).draw(1).after();
        float spare = afterOne.draw(1).tensor().get(0);
        assertEquals(spare, afterOne.draw(16).after().draw(1).tensor().get(0));
    }

    @Test
    void onlyTheLow32BitsOfTheSeedCount() {
        assertEquals(
                Noise.seed(7).draw(16).tensor(),
                Noise.seed(7 + (1L << 32)).draw(16).tensor());
    }

    @Property(tries = 50, seed = "7")
    void sameGeneratorGivesTheSameNumbersEveryTime(@ForAll long seed, @ForAll @IntRange(min = 1, max = 2000) int size) {
        Noise noise = Noise.seed(seed);
        Noise.Draw once = noise.draw(size);
        Noise.Draw twice = noise.draw(size);
        assertEquals(once.tensor(), twice.tensor());
        assertEquals(once.after(), twice.after());
    }

    @Test
    void valuesAreStandardNormal() {
        Tensor values = Noise.seed(3).draw(100_000).tensor();
        assertEquals(0, values.mean(), 0.01);
        assertEquals(1, values.std(), 0.01);
        assertEquals(3, values.map(v -> v * v * v * v).mean(), 0.1);
    }

    private static String sha256(Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.size()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(tensor.toArray());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
            return HexFormat.of().formatHex(digest).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** torch.rand(4), torch.randint(10, (6,)), torch.randn(2) and torch.randint(2^24, (3,)) of one generator after the other. */
    @Test
    void uniformAndWholeNumbersEqualTorchAndShareOneStream() {
        Noise.Draw uniform = Noise.seed(42).uniform(4);
        assertArrayEquals(
                new float[] {0.8822692632675171f, 0.9150039553642273f, 0.38286375999450684f, 0.9593056440353394f},
                uniform.tensor().toArray());
        Noise.Draw digits = uniform.after().integers(10, 6);
        assertArrayEquals(new float[] {6, 5, 0, 4, 0, 3}, digits.tensor().toArray());
        Noise.Draw normal = digits.after().draw(2);
        assertArrayEquals(
                new float[] {-2.466057062149048f, 0.36228621006011963f},
                normal.tensor().toArray());
        assertArrayEquals(
                new float[] {12433495, 7204212, 14855267},
                normal.after().integers(1 << 24, 3).tensor().toArray());
        assertThrows(IllegalArgumentException.class, () -> Noise.seed(0).integers(0, 1));
    }
}
