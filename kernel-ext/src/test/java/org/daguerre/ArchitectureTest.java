package org.daguerre;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may use what: the two tables below are the architecture, and a class that departs from them fails here. */
class ArchitectureTest {

    /** Each package of the plug-in, with the packages that it uses; what those use, it may see too. */
    private static final Map<String, Set<String>> USES = Map.ofEntries(
            entry("name", Set.of()),
            entry("tensor", Set.of()),
            entry("schedule", Set.of("tensor", "name")),
            entry("denoiser", Set.of("tensor", "schedule")),
            entry("guidance", Set.of("denoiser")),
            entry("sampler", Set.of("denoiser", "schedule")),
            entry("run", Set.of("sampler", "guidance")),
            entry("path", Set.of("run")),
            entry("onnx", Set.of("tensor", "name")),
            entry("text", Set.of("onnx")),
            entry("backbone", Set.of("attention")),
            entry("vae", Set.of("onnx", "denoiser")),
            entry("attention", Set.of("onnx", "denoiser")),
            entry("pipeline", Set.of("run", "text", "backbone", "vae", "attention", "image")),
            entry("image", Set.of("tensor")),
            entry("plot", Set.of("run", "backbone", "image")),
            entry("table", Set.of("run", "schedule", "attention", "tensor")),
            entry("nd", Set.of("run", "schedule", "attention", "tensor")),
            entry("training", Set.of("run", "scene")),
            entry("argument", Set.of("pipeline")),
            entry("doctor", Set.of("pipeline")),
            entry("evaluation", Set.of("pipeline", "plot", "scene")),
            entry("cli", Set.of("argument", "doctor", "plot", "table", "evaluation")),
            entry("notebook", Set.of("argument", "doctor", "plot", "table", "nd", "path", "training", "scene")),
            entry("scene", Set.of()));

    /** Each outside library that is kept in its place, with the packages that may see it. */
    private static final Map<String, Set<String>> SEEN_BY = Map.of(
            "org.dflib.jjava..", Set.of("notebook"),
            "io.github.spencerpark..", Set.of("notebook"),
            "ai.onnxruntime..", Set.of("onnx", "text", "backbone", "vae", "attention", "pipeline"),
            "ai.onnx.proto..", Set.of("onnx", "text", "backbone", "vae", "attention", "pipeline"),
            "com.google.protobuf..", Set.of("onnx", "text", "backbone", "vae", "attention", "pipeline"),
            "org.knowm.xchart..", Set.of("plot"),
            "tech.tablesaw..", Set.of("table", "notebook"),
            "org.nd4j..", Set.of("nd", "notebook"),
            "picocli..", Set.of("argument", "cli", "notebook"));

    private final JavaClasses daguerre = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.daguerre");

    @TestFactory
    Stream<DynamicTest> packageUsesOnlyWhatTheTableGrants() {
        return USES.keySet().stream()
                .sorted()
                .map(name -> dynamicTest(
                        name,
                        () -> classes()
                                .that(resideInAPackage(ours(name)))
                                .should()
                                .onlyDependOnClassesThat(resideOutsideOfPackage("org.daguerre..")
                                        .or(resideInAnyPackage(ours(visibleFrom(name)))))
                                .allowEmptyShould(true)
                                .check(daguerre)));
    }

    @TestFactory
    Stream<DynamicTest> outsideLibraryIsSeenOnlyInItsPlace() {
        return SEEN_BY.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(seen -> dynamicTest(
                        seen.getKey(),
                        () -> noClasses()
                                .that()
                                .resideOutsideOfPackages(ours(seen.getValue()))
                                .should()
                                .dependOnClassesThat(resideInAPackage(seen.getKey()))
                                .allowEmptyShould(true)
                                .check(daguerre)));
    }

    @Test
    void everyPackageStandsInTheTable() {
        classes()
                .should()
                .resideInAnyPackage(ours(USES.keySet()))
                .allowEmptyShould(true)
                .check(daguerre);
    }

    @Test
    void onlyTheCommandLineWritesToTheErrorStream() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ours("cli"))
                .should()
                .accessField(System.class, "err")
                .allowEmptyShould(true)
                .check(daguerre);
    }

    private static Set<String> visibleFrom(String name) {
        Set<String> visible = new LinkedHashSet<>(Set.of(name));
        USES.get(name).forEach(used -> visible.addAll(visibleFrom(used)));
        return visible;
    }

    private static String ours(String name) {
        return "org.daguerre." + name + "..";
    }

    private static String[] ours(Set<String> names) {
        return names.stream().map(ArchitectureTest::ours).toArray(String[]::new);
    }
}
