package org.daguerre.argument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.daguerre.denoiser.Denoiser;
import org.daguerre.sampler.Ddim;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Step;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Ladder;
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
        assertEquals("mine", NamedKind.spacing("mine", (schedule, n) -> null).toString());
        assertEquals("mine", NamedKind.ladder("mine", (max, min, n) -> null).toString());
    }

    @Test
    void whatHasANameKeepsIt() {
        Sampler named = new Unprintable("its own");
        assertSame(named, NamedKind.sampler("mine", named));
        Spacing spacing = new Ddim().spacing().on(Ladder.karras());
        assertEquals("karras", NamedKind.spacing("mine", spacing).toString());
        assertSame(
                Ladder.karras().toString(),
                NamedKind.ladder("mine", Ladder.karras()).toString());
    }
}
