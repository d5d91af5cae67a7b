package org.daguerre.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.daguerre.doctor.Doctor;
import org.daguerre.doctor.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code daguerre doctor}. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Says what is wrong here, with the remedy.")
final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<Finding> findings = Doctor.examine();
        findings.forEach(spec.commandLine().getOut()::println);
        return findings.stream().allMatch(Finding::well) ? 0 : Main.FAILED;
    }
}
