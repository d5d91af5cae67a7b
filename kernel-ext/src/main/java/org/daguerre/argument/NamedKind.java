package org.daguerre.argument;

import org.daguerre.denoiser.ConditionalDenoiser;
import org.daguerre.denoiser.Denoiser;
import org.daguerre.denoiser.Prediction;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.guidance.Guidance;
import org.daguerre.sampler.Sampler;
import org.daguerre.sampler.Step;
import org.daguerre.sampler.Trajectory;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.Level;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Plan;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;
import org.daguerre.tensor.Tensor;

/** A lambda has no name to print: in runs, pictures and figures it goes by that of its variable. */
final class NamedKind {

    private NamedKind() {}

    static Sampler sampler(String name, Sampler own) {
        return isNamed(own) && !own.toString().equals(Sampler.UNNAMED) ? own : new NamedSampler(name, own);
    }

    static NoiseSchedule schedule(String name, NoiseSchedule own) {
        return isNamed(own) ? own : new NamedSchedule(name, own);
    }

    static Guidance guidance(String name, Guidance own) {
        return isNamed(own) ? own : new NamedGuidance(name, own);
    }

    static PredictionType predictionType(String name, PredictionType own) {
        return isNamed(own) ? own : new NamedPredictionType(name, own);
    }

    static Spacing spacing(String name, Spacing own) {
        return isNamed(own) ? own : new NamedSpacing(name, own);
    }

    static Ladder ladder(String name, Ladder own) {
        return isNamed(own) ? own : Ladder.of(name, own);
    }

    /** Whether it prints a name that somebody gave it: not as Object prints, nor a record left to the compiler. */
    private static boolean isNamed(Object own) {
        Class<?> type = own.getClass();
        try {
            String text = own.toString();
            return text != null
                    && type.getMethod("toString").getDeclaringClass() != Object.class
                    && !(type.isRecord() && text.startsWith(type.getSimpleName() + "["));
        } catch (RuntimeException | StackOverflowError | AssertionError | NoSuchMethodException e) {
            return false; // what cannot print itself has no other name than its variable's
        }
    }

    private record NamedSampler(String name, Sampler own) implements Sampler {
        @Override
        public Step next(Denoiser model, Trajectory soFar) {
            return own.next(model, soFar);
        }

        @Override
        public Spacing spacing() {
            return own.spacing();
        }

        @Override
        public int callsLeft(Trajectory soFar) {
            return own.callsLeft(soFar);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private record NamedSchedule(String name, NoiseSchedule own) implements NoiseSchedule {
        @Override
        public Level at(double t) {
            return own.at(t);
        }

        @Override
        public int numTrainTimesteps() {
            return own.numTrainTimesteps();
        }

        @Override
        public double timestep(double part) {
            return own.timestep(part);
        }

        @Override
        public Level atScaledSigma(double sigma) {
            return own.atScaledSigma(sigma);
        }

        @Override
        public Level atRatio(double ratio) {
            return own.atRatio(ratio);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private record NamedSpacing(String name, Spacing own) implements Spacing {
        @Override
        public Plan plan(NoiseSchedule schedule, int n) {
            return own.plan(schedule, n);
        }

        @Override
        public Spacing with(TimestepSpacing timestepSpacing) {
            return new NamedSpacing(name, own.with(timestepSpacing));
        }

        @Override
        public Spacing on(Ladder ladder) {
            return own.on(ladder);
        }

        @Override
        public Spacing forShape(int... shape) {
            return new NamedSpacing(name, own.forShape(shape));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private record NamedGuidance(String name, Guidance own) implements Guidance {
        @Override
        public Prediction predict(ConditionalDenoiser model, Tensor x, Level level) {
            return own.predict(model, x, level);
        }

        @Override
        public Denoiser guide(ConditionalDenoiser model) {
            return own.guide(model);
        }

        @Override
        public String toString() {
            return "guidance " + name;
        }
    }

    private record NamedPredictionType(String name, PredictionType own) implements PredictionType {
        @Override
        public Tensor denoised(Tensor raw, Tensor x, Level level) {
            return own.denoised(raw, x, level);
        }

        @Override
        public Tensor noise(Tensor raw, Tensor x, Level level) {
            return own.noise(raw, x, level);
        }

        @Override
        public Tensor raw(Tensor denoised, Tensor noise, Level level) {
            return own.raw(denoised, noise, level);
        }

        @Override
        public Tensor input(Tensor x, Level level) {
            return own.input(x, level);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
