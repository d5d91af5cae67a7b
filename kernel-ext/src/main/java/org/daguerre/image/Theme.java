package org.daguerre.image;

/**
 * The colours of sheets and figures on a light or a dark page: JupyterLab's own backgrounds, and the palette of Okabe and Ito
 * (2008), which stays distinct under colour blindness, in an order that keeps contrast with the page.
 */
public enum Theme {
    LIGHT(0xffffff, 0x1b1b1b, 0x5c5c5c, 0xe2e2e2, new int[] {
        0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0x000000, 0xe69f00, 0x56b4e9
    }),
    DARK(0x111111, 0xececec, 0xa8a8a8, 0x333333, new int[] {
        0x56b4e9, 0xe69f00, 0x009e73, 0xcc79a7, 0xffffff, 0xd55e00, 0xf0e442
    });

    private final int background;
    private final int text;
    private final int quietText;
    private final int grid;
    private final int[] series;

    Theme(int background, int text, int quietText, int grid, int[] series) {
        this.background = background;
        this.text = text;
        this.quietText = quietText;
        this.grid = grid;
        this.series = series;
    }

    /** The page, 0xRRGGBB. */
    public int background() {
        return background;
    }

    /** Titles and labels. */
    public int text() {
        return text;
    }

    /** Ticks and captions. */
    public int quietText() {
        return quietText;
    }

    /** Grid lines. */
    public int grid() {
        return grid;
    }

    /** The colour of the i-th series, counted from 0; after the last colour they begin again. */
    public int series(int i) {
        return series[i % series.length];
    }

    /** How many series colours there are. */
    public int seriesColours() {
        return series.length;
    }
}
