package org.daguerre.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * PNG with text chunks (W3C PNG specification, section 11.3.3): tEXt where Latin-1 is enough, iTXt, which is UTF-8, where it
 * is not. ImageIO does the pixels and needs no fonts for them.
 */
final class Png {

    private static final String FORMAT = "javax_imageio_png_1.0";

    /** Wider than any picture made here, and small enough that a hostile file cannot fill the memory. */
    private static final long MAX_PIXELS = 1L << 25;

    private Png() {}

    record Decoded(BufferedImage image, Map<String, String> text) {}

    static byte[] encode(BufferedImage image, Map<String, String> text) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            IIOMetadata metadata =
                    writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), null);
            metadata.mergeTree(FORMAT, chunks(text));
            writer.setOutput(out);
            writer.write(new IIOImage(image, null, metadata));
        } catch (IOException e) {
            throw new IllegalStateException("a PNG could not be made in memory: " + e.getMessage(), e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static Node chunks(Map<String, String> text) {
        IIOMetadataNode latin = new IIOMetadataNode("tEXt");
        IIOMetadataNode unicode = new IIOMetadataNode("iTXt");
        text.forEach((keyword, value) -> {
            if (value.chars().allMatch(c -> c == '\n' || c >= 32 && c < 127 || c > 160 && c < 256)) {
                IIOMetadataNode entry = new IIOMetadataNode("tEXtEntry");
                entry.setAttribute("keyword", keyword);
                entry.setAttribute("value", value);
                latin.appendChild(entry);
            } else {
                IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
                entry.setAttribute("keyword", keyword);
                entry.setAttribute("compressionFlag", "FALSE");
                entry.setAttribute("compressionMethod", "0");
                entry.setAttribute("languageTag", "");
                entry.setAttribute("translatedKeyword", "");
                entry.setAttribute("text", value);
                unicode.appendChild(entry);
            }
        });
        IIOMetadataNode root = new IIOMetadataNode(FORMAT);
        for (IIOMetadataNode chunk : new IIOMetadataNode[] {latin, unicode}) {
            if (chunk.hasChildNodes()) {
                root.appendChild(chunk);
            }
        }
        return root;
    }

    static Decoded decode(byte[] png) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
            reader.setInput(in);
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            if (pixels > MAX_PIXELS) {
                throw new IOException("it has " + pixels + " pixels, the most is " + MAX_PIXELS);
            }
            BufferedImage image = reader.read(0);
            if (transparent(image)) {
                throw new IOException("it is transparent in places, which no model can see");
            }
            return new Decoded(image, text(reader.getImageMetadata(0).getAsTree(FORMAT)));
        } catch (RuntimeException e) {
            throw new IOException("it is no sound PNG", e);
        } finally {
            reader.dispose();
        }
    }

    /** True if any pixel lets the ground through; an alpha channel that is full everywhere does no harm. */
    private static boolean transparent(BufferedImage image) {
        if (!image.getColorModel().hasAlpha()) {
            return false;
        }
        int[] row = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int pixel : row) {
                if (pixel >>> 24 != 255) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Map<String, String> text(Node root) {
        Map<String, String> text = new LinkedHashMap<>();
        for (Node chunk = root.getFirstChild(); chunk != null; chunk = chunk.getNextSibling()) {
            String value = chunk.getNodeName().equals("tEXt") ? "value" : "text";
            NodeList entries = ((IIOMetadataNode) chunk).getElementsByTagName(chunk.getNodeName() + "Entry");
            for (int i = 0; i < entries.getLength(); i++) {
                IIOMetadataNode entry = (IIOMetadataNode) entries.item(i);
                text.put(entry.getAttribute("keyword"), entry.getAttribute(value));
            }
        }
        return text;
    }

    /** Why a file could not be read or written, without its name. */
    static String reason(IOException e) {
        if (e instanceof FileSystemException f) {
            return f.getReason() != null
                    ? f.getReason()
                    : f.getClass().getSimpleName().replace("Exception", "");
        }
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
