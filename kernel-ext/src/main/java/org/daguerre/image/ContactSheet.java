package org.daguerre.image;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Objects;

/**
 * Pictures in rows with thin gutters between them. Captions are drawn below the pictures where the machine has fonts and
 * left out where it has none; the pictures are the same either way.
 *
 * @param pictures one or more, in reading order; smaller ones are centred in their cell
 * @param captions one a picture, or none at all
 * @param columns pictures in a row, 1 or more
 * @param gutter pixels between pictures and around them, 0 or more
 * @param theme what lies between the pictures
 */
public record ContactSheet(List<Picture> pictures, List<String> captions, int columns, int gutter, Theme theme) {

    private static final double LEAST_LETTERS = 9;

    public ContactSheet {
        pictures = List.copyOf(pictures);
        captions = List.copyOf(captions);
        Objects.requireNonNull(theme, "theme");
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("a contact sheet without pictures. Give one or more.");
        }
        if (!captions.isEmpty() && captions.size() != pictures.size()) {
            throw new IllegalArgumentException(
                    captions.size() + " captions for " + pictures.size() + " pictures. Give one a picture, or none.");
        }
        if (columns < 1) {
            throw new IllegalArgumentException("columns is " + columns + ". Give 1 or more.");
        }
        if (gutter < 0) {
            throw new IllegalArgumentException("gutter is " + gutter + ". Give 0 or more pixels.");
        }
        columns = Math.min(columns, pictures.size());
    }

    /** As near to a square as whole rows allow, wider rather than higher, without captions, on a light page. */
    public static ContactSheet of(List<Picture> pictures) {
        int columns = Math.max(1, (int) Math.ceil(Math.sqrt(pictures.size())));
        return new ContactSheet(pictures, List.of(), columns, 2, Theme.LIGHT);
    }

    public ContactSheet captions(List<String> captions) {
        return new ContactSheet(pictures, captions, columns, gutter, theme);
    }

    public ContactSheet columns(int columns) {
        return new ContactSheet(pictures, captions, columns, gutter, theme);
    }

    public ContactSheet gutter(int gutter) {
        return new ContactSheet(pictures, captions, columns, gutter, theme);
    }

    public ContactSheet theme(Theme theme) {
        return new ContactSheet(pictures, captions, columns, gutter, theme);
    }

    /** The sheet as one picture, with the parameters that all its pictures share. */
    public Picture picture() {
        int cellWidth = pictures.stream().mapToInt(Picture::width).max().orElseThrow();
        int cellHeight = pictures.stream().mapToInt(Picture::height).max().orElseThrow();
        boolean lettered = !captions.isEmpty() && Lettering.available();
        double size = lettered ? lettersFor(cellWidth) : 0;
        int line = lettered ? (int) Math.ceil(size * 1.6) : 0;
        int rows = (pictures.size() + columns - 1) / columns;
        int width = columns * (cellWidth + gutter) + gutter;
        int height = rows * (cellHeight + line + gutter) + gutter;
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setColor(new Color(theme.background()));
        g.fillRect(0, 0, width, height);
        for (int i = 0; i < pictures.size(); i++) {
            Picture picture = pictures.get(i);
            int x = gutter + i % columns * (cellWidth + gutter);
            int y = gutter + i / columns * (cellHeight + line + gutter);
            sheet.setRGB(
                    x + (cellWidth - picture.width()) / 2,
                    y + (cellHeight - picture.height()) / 2,
                    picture.width(),
                    picture.height(),
                    picture.pixels(),
                    0,
                    picture.width());
            if (lettered) {
                Lettering.centred(
                        g,
                        captions.get(i),
                        Lettering.font(size, Font.PLAIN),
                        theme.text(),
                        x + cellWidth / 2.0,
                        y + cellHeight + size * 1.15,
                        cellWidth);
            }
        }
        g.dispose();
        Picture result = Picture.of(sheet);
        for (String name : pictures.get(0).parameters().keySet()) {
            String value = pictures.get(0).parameters().get(name);
            if (pictures.stream().allMatch(p -> value.equals(p.parameters().get(name)))) {
                result = result.with(name, value);
            }
        }
        return result.withAltText(altText());
    }

    /** The size of the captions, in points: smaller where that lets all of them stand whole. */
    private double lettersFor(int cellWidth) {
        double size = Math.max(LEAST_LETTERS, Math.min(14, cellWidth / 9.0));
        double widest = captions.stream()
                .mapToDouble(caption -> Lettering.width(caption, size))
                .max()
                .orElseThrow();
        double fitting = Math.floor(size * cellWidth / widest);
        return fitting < LEAST_LETTERS ? size : Math.min(size, fitting);
    }

    private String altText() {
        StringBuilder text = new StringBuilder(pictures.size() + (pictures.size() == 1 ? " picture" : " pictures"));
        String separator = ": ";
        for (int i = 0; i < pictures.size(); i++) {
            text.append(separator).append(captions.isEmpty() ? pictures.get(i).altText() : captions.get(i));
            separator = "; ";
        }
        return text.toString();
    }
}
