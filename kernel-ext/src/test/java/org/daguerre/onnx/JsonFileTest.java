package org.daguerre.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON that nobody vouches for. */
class JsonFileTest {

    @TempDir
    Path folder;

    private Path written(String text) throws IOException {
        return Files.writeString(folder.resolve("config.json"), text);
    }

    private static String refusal(Path file) {
        return assertThrows(ModelException.class, () -> JsonFile.read(file)).getMessage();
    }

    @Test
    void nestOfTenThousandIsRefusedAndNotFollowed() throws IOException {
        String message = refusal(written("{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000)));
        assertTrue(message.contains("config.json is not JSON. Download or export it again."), message);
    }

    @Test
    void fileOverSixteenMegabytesIsRefusedUnread() throws IOException {
        Path file = written("{");
        try (RandomAccessFile raf = new RandomAccessFile(file.toFile(), "rw")) {
            raf.setLength(JsonFile.MAX_BYTES + 1);
        }
        assertTrue(refusal(file).contains("config.json is over 16 MB."), refusal(file));
    }

    @Test
    void marksOfByteOrderAndNumbersOfPythonAreRead() throws IOException {
        assertEquals(2, JsonFile.read(written("\ufeff{\"a\": 2}")).path("a").asInt());
        assertEquals(
                Double.NEGATIVE_INFINITY,
                JsonFile.read(written("{\"a\": -Infinity}")).path("a").asDouble());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1] | is no JSON object",
                "{\"a\": } | is not JSON (line 1)",
                "{\"a\": 1 | is not JSON",
                "nul | is not JSON"
            })
    void whatIsNoObjectIsNamed(String text, String fact) throws IOException {
        assertTrue(refusal(written(text)).contains("config.json " + fact), refusal(written(text)));
    }
}
