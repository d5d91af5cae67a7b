package org.daguerre.argument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.daguerre.denoiser.Denoiser;
import org.daguerre.sampler.Ddim;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Step;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.EdmSchedule;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Spacing;
import org.junit.jupiter.api.Test;

class NamedKindTest {

    private record LeftToTheCompiler(double churn) implements Sampler {
        @Override
        public Step next(Denoiser model, Trajectory soFar) {
            return new Ddim().next(model, soFar);
        }
    }

    private record Unprintable(String text) implements Sampler {
        @Override
        public Step next(Denoiser model, Trajectory soFar) {
            return new Ddim().next(model, soFar);
        }

        @Override
        public String toString() {
            if (text == null) {
                throw new IllegalCallerException("no");
            }
            return text;
        }
    }

    @Test
    void whatNobodyNamedGoesByItsVariable() {
        assertEquals("mine", NamedKind.sampler("mine", (model, soFar) -> null).toString());
        assertEquals("mine", NamedKind.sampler("mine", new LeftToTheCompiler(1)).toString());
        assertEquals("mine", NamedKind.sampler("mine", new Unprintable(null)).toString());
        assertEquals(
                "mine",
                NamedKind.sampler("mine", Sampler.of((x, p, level, next) -> x)).toString());
        assertEquals("mine", NamedKind.spacing("mine", (schedule, n) -> null).toString());
        assertEquals("mine", NamedKind.ladder("mine", (max, min, n) -> null).toString());
    }

    @Test
    void whatHasANameKeepsIt() {
        Sampler named = new Unprintable("its own");
        assertSame(named, NamedKind.sampler("mine", named));
        Spacing spacing = new Ddim().spacing().on(Ladder.karras());
        assertEquals("karras", NamedKind.spacing("mine", spacing).toString());
        Ladder karras = Ladder.karras();
        assertSame(karras, NamedKind.ladder("mine", karras));
    }

    /** A record over any sigma, whose t are no whole numbers: its own answers count, not those of a schedule in general. */
    private record AnySigma(int numTrainTimesteps) implements NoiseSchedule {
        @Override
        public Level at(double t) {
            return EdmSchedule.INSTANCE.at(t);
        }

        @Override
        public double timestep(double part) {
            return EdmSchedule.INSTANCE.timestep(part);
        }

        @Override
        public NoiseSchedule growing() {
            return this;
        }
    }

    @Test
    void scheduleUnderItsVariablesNameAnswersAsItDoesItself() {
        NoiseSchedule named = NamedKind.schedule("mine", new AnySigma(1000));
        assertEquals("mine", named.toString());
        assertEquals(EdmSchedule.INSTANCE.timestep(0.3), named.timestep(0.3));
        assertSame(named, named.growing());
    }
}
