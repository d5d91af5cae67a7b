package org.daguerre.notebook;

import java.util.List;
import java.util.Locale;
import org.daguerre.training.Icons;
import org.daguerre.training.Training;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code %train}, in Java {@code Training.of(Icons.draw(4000, 1), 1).train(1000)}. */
@Command(
        name = "%train",
        description = {
            "Trains a small diffusion model from nothing and shows how its loss falls. It draws one object of a colour, 16 x"
                    + " 16 pixels; a thousand steps take a minute or two.",
            "Called again, it goes on with the same model; --seed or --without begin anew.",
            "In Java: var training = Training.of(Icons.draw(4000, 1), 1).train(1000); then training.sampling(\"red"
                    + " heart\").steps(30).start() is a run as any other."
        })
final class TrainMagic extends Magic {

    private static final int PICTURES = 4_000;

    private final Session session;
    private final KernelHost host;

    @Parameters(
            paramLabel = "STEPS",
            arity = "0..1",
            defaultValue = "1000",
            description = "the number of steps (default: ${DEFAULT-VALUE})")
    private int steps;

    @Option(names = "--seed", paramLabel = "N", description = "the seed of the pictures and of the training")
    private Long seed;

    @Option(
            names = "--without",
            paramLabel = "WORDS",
            split = ",",
            description = "combinations that it never sees, such as \"red heart,blue star\"")
    private List<String> without;

    TrainMagic(Session session, KernelHost host) {
        this.session = session;
        this.host = host;
    }

    @Override
    public Training call() {
        Training running = session.state().training();
        boolean anew = running == null || seed != null || without != null;
        Training training = anew ? Waiting.during(host, "drawing " + PICTURES + " pictures", this::begun) : running;
        int before = training.losses().size();
        return session.work(
                host,
                training,
                now -> now.training(training),
                () -> Waiting.during(host, () -> progress(training, before), () -> training.train(steps)));
    }

    private Training begun() {
        long from = seed == null ? 1 : seed;
        String[] heldOut = without == null ? new String[0] : without.toArray(String[]::new);
        return Training.of(Icons.drawWithout(PICTURES, from, heldOut), from);
    }

    private String progress(Training training, int before) {
        List<Double> losses = training.losses();
        return String.format(Locale.ROOT, "step %d of %d", losses.size() - before, steps)
                + (losses.isEmpty() ? "" : String.format(Locale.ROOT, ", loss %.3f", losses.get(losses.size() - 1)));
    }
}
