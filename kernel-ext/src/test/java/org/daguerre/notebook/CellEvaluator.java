package org.daguerre.notebook;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/** Runs cells as JJava and IJava do: JShell in this JVM, each snippet in a pool's thread that an interrupt cancels. */
final class CellEvaluator implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "cell");
        thread.setDaemon(true);
        return thread;
    });
    private final JShell shell;
    private volatile Future<Object> running;
    private Object value;

    CellEvaluator() {
        shell = JShell.builder()
                .executionEngine(
                        new ExecutionControlProvider() {
                            @Override
                            public String name() {
                                return "cells";
                            }

                            @Override
                            public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
                                return new InThisJvm();
                            }
                        },
                        Map.of())
                .build();
        shell.addToClasspath(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    }

    /** The value of the last expression, null if there is none; what the code throws comes out as a RuntimeException. */
    Object eval(String source) {
        Object last = null;
        CompletionInfo info = shell.sourceCodeAnalysis().analyzeCompletion(source);
        while (info.completeness().isComplete()) {
            last = evalSnippet(info.source());
            info = shell.sourceCodeAnalysis().analyzeCompletion(info.remaining());
        }
        if (!info.remaining().isBlank()) {
            throw new IllegalArgumentException("incomplete: " + info.remaining());
        }
        return last;
    }

    private Object evalSnippet(String source) {
        value = null;
        for (SnippetEvent event : shell.eval(source)) {
            if (event.exception() != null) {
                throw new RuntimeException(event.exception().getMessage(), event.exception());
            }
            if (event.status() == Snippet.Status.REJECTED) {
                throw new IllegalArgumentException(shell.diagnostics(event.snippet())
                        .map(problem -> problem.getMessage(null))
                        .findFirst()
                        .orElse("does not compile"));
            }
        }
        return value;
    }

    void interrupt() {
        Future<Object> task = running;
        if (task != null) {
            task.cancel(true);
        }
    }

    @Override
    public void close() {
        shell.close();
        threads.shutdownNow();
    }

    private final class InThisJvm extends DirectExecutionControl {

        @Override
        protected String invoke(Method snippet) throws Exception {
            if (Thread.currentThread().getName().equals("cell")) {
                value = snippet.invoke(null);
                return "";
            }
            running = threads.submit(() -> snippet.invoke(null));
            try {
                value = running.get();
                return "";
            } catch (CancellationException e) {
                throw new UserException("Evaluation interrupted.", "Execution Interrupted", e.getStackTrace());
            } catch (ExecutionException e) {
                Throwable thrown = e.getCause() instanceof InvocationTargetException
                        ? e.getCause().getCause()
                        : e.getCause();
                throw new UserException(thrown.getMessage(), thrown.getClass().getName(), thrown.getStackTrace());
            } finally {
                running = null;
            }
        }
    }
}
