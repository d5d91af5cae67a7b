package org.daguerre.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** A page that keeps what is shown on it, or on which nothing can be shown. */
class Page implements KernelHost {

    /** Something shown in a place of the page, for the first time or in the place of what was there. */
    record Shown(String id, MimeBundle bundle, boolean update) {

        String text() {
            return bundle.data().get(MimeBundle.TEXT);
        }
    }

    private final List<Shown> shown = new ArrayList<>();
    private final RuntimeException failure;
    private int places;

    Page() {
        this(null);
    }

    /** @param failure what comes of showing anything */
    Page(RuntimeException failure) {
        this.failure = failure;
    }

    synchronized List<Shown> shown() {
        return List.copyOf(shown);
    }

    private synchronized void show(Shown something) {
        if (failure != null) {
            throw failure;
        }
        shown.add(something);
        notifyAll();
    }

    /** Waits until something has been shown. */
    synchronized void awaitSomething() {
        try {
            while (shown.isEmpty()) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Consumer<MimeBundle> display(MimeBundle bundle) {
        String id = "place " + ++places;
        show(new Shown(id, bundle, false));
        return next -> update(new Shown(id, next, true));
    }

    void update(Shown next) {
        show(next);
    }

    @Override
    public String name() {
        return "page";
    }

    @Override
    public void lineMagic(String name, LineMagic magic) {}

    @Override
    public void cellMagic(String name, CellMagic magic) {}

    @Override
    public <T> void renderer(Class<T> type, Function<? super T, MimeBundle> renderer) {}

    @Override
    public Object eval(String source) {
        throw new IllegalStateException("no such variable");
    }

    @Override
    public void onShutdown(Runnable action) {}
}
