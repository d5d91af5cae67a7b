package org.daguerre.lesson;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.daguerre.course.Exercises;
import org.daguerre.grading.HiddenChecks;

/**
 * Builds the notebooks of all lessons: from {@code lessons/NAME.md} come {@code instructor/NAME.ipynb} and {@code
 * student/NAME.ipynb}. What has no exercises, {@code research/NAME.md}, becomes {@code research/NAME.ipynb} beside it.
 */
public final class Notebooks {

    private static final String RESEARCH = "research";

    private Notebooks() {}

    /**
     * What the lessons in a folder make, without writing anything.
     *
     * @param folder the folder that has {@code lessons} in it
     * @return the text of each notebook by its path below the folder, sorted
     * @throws LessonException at the first mistake in a lesson
     */
    public static SortedMap<Path, String> build(Path folder) throws IOException {
        SortedMap<Path, String> notebooks = new TreeMap<>();
        for (Path file : files(folder.resolve("lessons"), ".md")) {
            Lesson lesson = LessonReader.read(file);
            new Lint(file.toString(), Notebooks::points).check(lesson);
            notebooks.put(Path.of("instructor", lesson.name() + ".ipynb"), NotebookFile.instructor(lesson));
            notebooks.put(Path.of("student", lesson.name() + ".ipynb"), NotebookFile.student(lesson));
        }
        for (Path file : files(folder.resolve(RESEARCH), ".md")) {
            Lesson research = LessonReader.read(file);
            new Lint(file.toString(), Notebooks::points).check(research);
            notebooks.put(Path.of(RESEARCH, research.name() + ".ipynb"), NotebookFile.instructor(research));
        }
        return notebooks;
    }

    /** The notebooks that lie in a folder, by their path below it. */
    static List<Path> present(Path folder) throws IOException {
        List<Path> present = new ArrayList<>();
        for (String part : List.of("instructor", RESEARCH, "student")) {
            files(folder.resolve(part), ".ipynb").stream()
                    .map(folder::relativize)
                    .forEach(present::add);
        }
        return present.stream().sorted().toList();
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private static int points(String magic, String exercise) {
        Exercises set = magic.equals("grade") ? HiddenChecks.EXERCISES : Exercises.VISIBLE;
        return set.find(exercise).map(found -> found.points()).orElse(0);
    }

    /** Writes the notebooks of the folder given, {@code notebooks} of the checkout, and takes away those without a lesson. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments.length == 0 ? "notebooks" : arguments[0]);
        try {
            SortedMap<Path, String> notebooks = build(folder);
            for (Path stale : present(folder)) {
                if (!notebooks.containsKey(stale)) {
                    Files.delete(folder.resolve(stale));
                    System.out.println("took away " + stale);
                }
            }
            for (Map.Entry<Path, String> notebook : notebooks.entrySet()) {
                Path file = folder.resolve(notebook.getKey());
                Files.createDirectories(file.getParent());
                Files.writeString(file, notebook.getValue());
                System.out.println("wrote " + notebook.getKey());
            }
        } catch (LessonException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
