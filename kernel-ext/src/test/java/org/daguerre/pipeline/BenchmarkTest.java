package org.daguerre.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daguerre.onnx.Device;
import org.daguerre.pipeline.Benchmark.Time;
import org.junit.jupiter.api.Test;

class BenchmarkTest {

    @Test
    void everyLoopIsMeasuredAndComparedWithTheBareOne() {
        List<String> told = new ArrayList<>();
        Benchmark benchmark = Benchmark.of("exact", 2, 1, told::add);

        assertEquals(
                List.of(
                        "first load",
                        "first picture",
                        "bare loop of 30 session.run",
                        "the same through OnnxModel",
                        "guided run of 30 steps",
                        "picture: prompt, run, decoding"),
                List.copyOf(benchmark.times().keySet()));
        benchmark.times().forEach((name, time) -> assertTrue(time.wall() > 0, name));
        assertEquals(1, benchmark.overBare().get("bare loop of 30 session.run").wall());
        assertEquals(4, benchmark.overBare().size());
        assertTrue(told.containsAll(List.of("round 1 of 2", "round 2 of 2", "reload 1 of 1")), told.toString());
    }

    @Test
    void pythonThatIsNoneOrLacksItsPackagesIsNamedWithTheRemedy() {
        var none = assertThrows(
                IllegalArgumentException.class,
                () -> Benchmark.of("exact", Device.CPU, 1, 0, Optional.of("no-such-python"), stage -> {}));
        assertTrue(
                none.getMessage().startsWith("python is 'no-such-python', which cannot be run. Give"),
                none.getMessage());
        var other = assertThrows(
                IllegalStateException.class,
                () -> Benchmark.of("exact", Device.CPU, 1, 0, Optional.of("false"), stage -> {}));
        assertTrue(other.getMessage().startsWith("Python 'false' ended: "), other.getMessage());
        assertTrue(other.getMessage().endsWith("false -m pip install onnxruntime numpy"), other.getMessage());
    }

    @Test
    void medianIsTheMiddleOneOfEachColumn() {
        Time[] times = {new Time(5, 1), new Time(1, 9), new Time(3, 4)};
        assertEquals(new Time(3, 4), Time.median(times));
    }

    @Test
    void quotientIsTheMedianOnTheWallAndThatOfTheSumsForTheProcessor() {
        Time[] times = {new Time(5, 10), new Time(6, 0), new Time(30, 20)};
        Time[] base = {new Time(5, 10), new Time(4, 10), new Time(10, 0)};
        assertEquals(new Time(1.5, 1.5), Time.over(times, base));
    }

    @Test
    void tablesHaveQuotientsWhereThereAreSomeAndGrowthFromStageToStage() {
        Benchmark benchmark = new Benchmark(
                "exact",
                Map.of("first load", new Time(12.34, 5)),
                Map.of(),
                new java.util.TreeMap<>(Map.of("a", 100.0, "b", 105.0)));
        assertEquals("""
                exact

                | | wall, ms | processor, ms | wall over bare | processor over bare |
                |---|---:|---:|---:|---:|
                | first load | 12.3 | 5.0 | | |

                | resident memory | MB | growth |
                |---|---:|---:|
                | a | 100 | |
                | b | 105 | +5.0 % |
                """, benchmark.markdown());
        String row = new Benchmark("x", Map.of("run", new Time(20, 10)), Map.of("run", new Time(1.5, 1.0251)), Map.of())
                .markdown();
        assertTrue(row.endsWith("| run | 20.0 | 10.0 | 1.500 | 1.025 |\n"), row);
    }

    @Test
    void countsOutOfRangeAreRefusedBeforeAnythingIsLoaded() {
        var rounds = assertThrows(IllegalArgumentException.class, () -> Benchmark.of("exact", 0, 1, stage -> {}));
        assertEquals("rounds is 0. Give 1 or more, usually 10.", rounds.getMessage());
        var reloads = assertThrows(IllegalArgumentException.class, () -> Benchmark.of("exact", 1, -1, stage -> {}));
        assertEquals("reloads is -1. Give 0 or more, usually 150.", reloads.getMessage());
    }
}
