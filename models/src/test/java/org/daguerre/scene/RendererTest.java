package org.daguerre.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RendererTest {

    /** The training data was drawn from these bytes. A change here means that no model shipped knows this world any more. */
    @Test
    void picturesMasksAndCaptionsAreTheSameBytesOnEveryJdk() throws Exception {
        assertEquals("dbc186001e8ee74cc4f1cad66d49e840", digest(1));
        assertEquals("45f343ed7411ed7080ec3eba1cc81e40", digest(2));
        assertEquals("9c1e799040df7ea5c333361b21217f73", digest(-7_000_000_000L));
    }

    private static String digest(long seed) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < 40; i++) {
            Drawn drawn = new SceneSeries(seed).at(i);
            digest.update(Renderer.render(drawn.scene()).rgb());
            for (float share : Renderer.coverage(drawn.scene(), 1)) {
                digest.update((byte) (int) (255 * share));
            }
            digest.update(drawn.caption().toString().getBytes(StandardCharsets.UTF_8));
            digest.update(drawn.canonical().toString().getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
    }

    @Test
    void coverageIsOneInsideAnObjectAndZeroOnTheTray() {
        Thing ball = new Thing(Shape.BALL, Colour.RED, 64, 64, 12, 0, 1);
        float[] shares = Renderer.coverage(new Scene(Tray.WOOD, Cloth.LINEN, 4, List.of(ball)), 1);
        assertEquals(1, shares[64 * Scene.SIZE + 64]);
        assertEquals(0, shares[64 * Scene.SIZE + 84]);
        double area = 0;
        for (float share : shares) {
            assertTrue(share >= 0 && share <= 1);
            area += share;
        }
        assertEquals(Math.PI * 12 * 12 * 0.92 * 0.92, area, 2);
    }
}
