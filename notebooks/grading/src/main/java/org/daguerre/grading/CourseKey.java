package org.daguerre.grading;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret from which hidden checks take their inputs. It is built into this jar: the environment's {@code
 * DAGUERRE_COURSE_KEY} when Maven ran, else "demo", which everybody knows.
 */
final class CourseKey {

    private final byte[] key;

    private CourseKey(byte[] key) {
        this.key = key;
    }

    static CourseKey of(String key) {
        return new CourseKey(key.getBytes(StandardCharsets.UTF_8));
    }

    /** The key this jar was built with. */
    static CourseKey built() {
        try (InputStream in = CourseKey.class.getResourceAsStream("course.key")) {
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw new IllegalStateException("the grading jar has lost its course.key; build it again", e);
        }
    }

    /** A seed for a purpose: HMAC-SHA-256 of its name under the key, the first 8 bytes. */
    long seed(String purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return ByteBuffer.wrap(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)))
                    .getLong();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HmacSHA256, which every JDK must have", e);
        }
    }
}
