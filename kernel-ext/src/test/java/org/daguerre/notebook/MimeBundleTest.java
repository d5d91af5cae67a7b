package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MimeBundleTest {

    @Test
    void valueThatCannotBeShownIsSaidInWholeSentences() {
        for (String reason : new String[] {"no picture", "no picture."}) {
            MimeBundle said = MimeBundle.of("value", value -> {
                throw new IllegalStateException(reason);
            });
            assertEquals(
                    Map.of(
                            MimeBundle.TEXT,
                            "String cannot be shown: java.lang.IllegalStateException: no picture. The value itself is"
                                    + " intact; %daguerre doctor looks for the reason."),
                    said.data());
        }
    }
}
