package org.daguerre.notebook;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.daguerre.argument.Arguments;
import org.daguerre.notebook.JupyterClient.Cell;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.OptionSpec;

/** Whatever is wrong with a magic's arguments is answered by a fact and a remedy, and changes nothing. */
class MistakesTest extends InEveryKernel {

    private static final int MEGABYTE = 1_000_000;
    private static final Map<String, Supplier<Magic>> MAGICS = Notebook.magics(new Page(), new Session(), List.of());

    /** Cells, and what their answers say. */
    private static final List<Map.Entry<String, String>> MISTAKES = List.of(
            Map.entry("%sample", "PROMPT is missing. Give what to show"),
            Map.entry("%sample \"x\" --stepz 3", "'--stepz' is no option of %sample. Did you mean --steps?"),
            Map.entry("%sample \"x\" --guidence=3", "'--guidence=3' is no option of %sample. Did you mean --guidance?"),
            Map.entry("%sample \"x\" --smapler ddim", "'--smapler' is no option of %sample. Did you mean --sampler?"),
            Map.entry(
                    "%compare \"x\" --sampler ddim, heun --steps 4",
                    "--sampler is 'ddim,', and 'heun' stands apart from it. Give its values without blanks: --sampler"
                            + " ddim,heun."),
            Map.entry("%compare \"x\" --steps 4 ,8", "'4', and ',8' stands apart from it. Give its values without"),
            Map.entry("%sample \"x\" --steps", "--steps has no value. Give the number of steps"),
            Map.entry("%sample \"x\" --steps 3 --steps 4", "--steps is given twice. Give it once."),
            Map.entry("%sample \"x\" --steps 0", "steps is 0. Give 1 to 1000"),
            Map.entry("%sample \"x\" --steps -3", "steps is -3. Give 1 to 1000"),
            Map.entry("%sample \"x\" --steps 1001", "steps is 1001. Give 1 to 1000"),
            Map.entry("%sample \"x\" --steps 99999999999", "--steps is '99999999999', more than fits. Give"),
            Map.entry("%sample \"x\" --steps 3.5", "--steps is '3.5', not a whole number. Give"),
            Map.entry("%sample \"x\" --steps drei", "--steps is 'drei', not a whole number. Give"),
            Map.entry("%sample \"x\" --guidance NaN", "--guidance is 'NaN', not a number. Give"),
            Map.entry("%sample \"x\" --guidance Infinity", "--guidance is 'Infinity', not a number. Give"),
            Map.entry("%sample \"x\" --guidance 7,5", "--guidance is '7,5', not a number. Give"),
            Map.entry("%sample \"x\" --seed 🍎", "--seed is '🍎', not a whole number. Give"),
            Map.entry("%sample \"x\" --count 0", "count is 0. Give 1 to 64."),
            Map.entry("%sample \"x\" --count 65", "count is 65. Give 1 to 64."),
            Map.entry("%sample \"x\" --size 99", "size is 99 x 99. Model 'exact' makes 32 x 32 only."),
            Map.entry("%sample \"x\" --size big", "--size is 'big', not height and width. Give"),
            Map.entry("%sample \"x\" --sampler eulr", "sampler 'eulr' is unknown. Did you mean euler?"),
            Map.entry("%sample \"x\" --schedule cosin", "schedule 'cosin' is unknown. Did you mean cosine?"),
            Map.entry("%sample \"x\" --spacing trailling", "Did you mean trailing?"),
            Map.entry("%sample three red apples", "'red' is one argument too many for %sample. Put a text with blanks"),
            Map.entry("%sample 'three red'", "Put a text with blanks into double quotes."),
            Map.entry("%start", "PROMPT is missing."),
            Map.entry("%model exakt", "model 'exakt' is unknown. Did you mean exact?"),
            Map.entry("%model \"no such folder/a b\"", "there is no model folder"),
            Map.entry("%model ../../etc", "Give a folder with model_index.json"),
            Map.entry(
                    "%model exact --device " + "g".repeat(3000),
                    "...' (3000 characters). Give auto, cpu, cuda or cuda:n"),
            Map.entry("%model " + "../".repeat(30) + "x".repeat(200), "...' (290 characters). Give a folder with"),
            Map.entry("%model exact --device gpu", "device is 'gpu'. Give auto, cpu, cuda or cuda:n"),
            Map.entry("%model exact --device cuda", "cuda"),
            Map.entry("%step 0", "steps is 0. Give 1 or more."),
            Map.entry("%step many", "N is 'many', not a whole number. Give the number of steps"),
            Map.entry("%back 99", "cannot go back 99 steps, 2 were made. Give 0 to 2."),
            Map.entry("%back -1", "cannot go back -1 steps"),
            Map.entry("%branch 7", "branch is 7. Give 1 to 1."),
            Map.entry("%branch 1 --guidance 2", "cannot be changed"),
            Map.entry("%branch --sampler huen", "Did you mean heun?"),
            Map.entry("%finish now", "'now' is one argument too many for %finish."),
            Map.entry("%plot", "SUBJECT is missing. Give one of: schedule"),
            Map.entry("%plot pth", "subject 'pth' is unknown. Did you mean path?"),
            Map.entry("%plot path x", "'x' is one argument too many for %plot path."),
            Map.entry("%plot path --frames 0", "frames is 0. Give 1 or more."),
            Map.entry("%plot schedule linaer", "schedule 'linaer' is unknown. Did you mean linear?"),
            Map.entry("%attention ball", "model 'exact' shows no attention"),
            Map.entry("%attention --picture 2", "--picture is 2. Give 1 to 1."),
            Map.entry("%sample \"a (red:30) ball\"", "the prompt has the weight 30. Give 0 to 10"),
            Map.entry("%sample \"x\" --fraction 0.5", "--fraction is given without --towards. Give the prompt"),
            Map.entry("%sample \"x\" --towards y --fraction half", "--fraction is 'half', not a number. Give"),
            Map.entry("%sample \"x\" --invert y", "--invert is given without --image. Give the PNG"),
            Map.entry("%sample \"x\" --invert y --image a.png --mask b.png", "--mask is given with --invert"),
            Map.entry("%sample \"x\" --invert y --image a.png --sampler heun", "--sampler is given with --invert"),
            Map.entry("%sample \"x\" --size 0", "size is 0 x 0"),
            Map.entry("%sample \"x\" --size 🍎", "--size is '🍎', not height and width. Give"),
            Map.entry("%sample \"x\" --sampler 🍎", "sampler '🍎' is unknown. Give one of: "),
            Map.entry("%sample \"x\" --seed 1e3", "--seed is '1e3', not a whole number. Give"),
            Map.entry("%sample \"x\" --sample 3", "'--sample' is no option of %sample. Did you mean --sampler?"),
            Map.entry("%sample --steps 3", "PROMPT is missing. Give what to show"),
            Map.entry("%start \"x\" y", "'y' is one argument too many for %start."),
            Map.entry("%model exact tray", "'tray' is one argument too many for %model."),
            Map.entry("%model 🍎", "model '🍎' is unknown. Give a name ("),
            Map.entry("%model exact --device cuda:x", "device is 'cuda:x'. Give auto, cpu, cuda or cuda:n"),
            Map.entry("%model exact --device cuda:-1", "device is 'cuda:-1'. Give auto, cpu, cuda or cuda:n"),
            Map.entry("%step 1 2", "'2' is one argument too many for %step."),
            Map.entry("%step -1", "steps is -1. Give 1 or more."),
            Map.entry("%step 99999999999", "N is '99999999999', more than fits. Give"),
            Map.entry("%step NaN", "N is 'NaN', not a whole number. Give"),
            Map.entry("%back 1 2", "'2' is one argument too many for %back."),
            Map.entry("%back 🍎", "N is '🍎', not a whole number. Give"),
            Map.entry("%branch 0", "branch is 0. Give 1 to 1."),
            Map.entry("%branch first", "N is 'first', not a whole number. Give"),
            Map.entry("%branch --guidance -Infinity", "--guidance is '-Infinity', not a number. Give"),
            Map.entry("%plot latents linear", "'linear' is one argument too many for %plot latents."),
            Map.entry("%plot norm", "subject 'norm' is unknown. Did you mean norms?"),
            Map.entry("%plot time", "subject 'time' is unknown. Did you mean times?"),
            Map.entry("%plot model", "the graph keeps no state on its way down for its way up, so it is no U-Net"),
            Map.entry("%plot attention --word ball", "model 'exact' shows no attention"),
            Map.entry("%attention --picture 0", "--picture is 0. Give 1 to 1."),
            Map.entry("%daguerre theme light dark", "'dark' is one argument too many for %daguerre."),
            Map.entry("%daguerre docter", "topic 'docter' is unknown. Did you mean doctor?"),
            Map.entry("%daguerre help dark", "'dark' is one argument too many"),
            Map.entry("%daguerre theme drak", "theme 'drak' is unknown. Did you mean dark?"));

    @BeforeAll
    void loadTheExactModel() {
        executeInEvery("%model exact");
    }

    static Iterable<String> magics() {
        return MAGICS.keySet();
    }

    @ParameterizedTest
    @MethodSource("magics")
    void mistakeIsAnsweredInOneLineAndChangesNothing(String magic) {
        Map<String, String> answers = new LinkedHashMap<>();
        MISTAKES.stream()
                .filter(mistake -> mistake.getKey().split(" ")[0].equals("%" + magic))
                .forEach(mistake -> answers.put(mistake.getKey(), mistake.getValue()));
        assertAnswersAndNoChange(answers);
    }

    @ParameterizedTest
    @MethodSource("magics")
    void everyOptionThatIsUnknownDoubledEmptyOrNoNumberIsNamed(String magic) {
        String cell = beginning(magic);
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put(cell + "--nonsense 1", "'--nonsense' is no option of %" + magic);
        answers.put(cell + "--🍎", "'--🍎' is no option of %" + magic);
        for (OptionSpec option :
                Arguments.parser(MAGICS.get(magic).get()).getCommandSpec().options()) {
            if (!option.usageHelp()) {
                mistakes(option).forEach((end, answer) -> answers.put(cell + end, answer));
            }
        }
        assertAnswersAndNoChange(answers);
    }

    @ParameterizedTest
    @MethodSource("magics")
    void megabyteWhereNoneBelongsIsAnsweredInALine(String magic) {
        String answer = execute(Family.JJAVA, beginning(magic) + "--" + "x".repeat(MEGABYTE))
                .error();
        assertTrue(answer.contains("...' (" + (MEGABYTE + 2) + " characters) is no option of %" + magic), answer);
        assertTrue(answer.length() < 500, answer);
        assertEquals("2", execute(Family.JJAVA, "1 + 1").text());
    }

    /** The magic with what must be given to it before its options. */
    private static String beginning(String magic) {
        return "%" + magic
                + switch (magic) {
                    case "sample", "start" -> " \"x\" ";
                    case "plot" -> " path ";
                    default -> " ";
                };
    }

    /** What can be wrong with an option, whichever it is, with the answer. */
    private static Map<String, String> mistakes(OptionSpec option) {
        String name = option.longestName();
        Map<String, String> mistakes = new LinkedHashMap<>();
        if (option.arity().max() == 0) {
            mistakes.put(name + " " + name, name + " is given twice. Give it once.");
            return mistakes;
        }
        mistakes.put(name, name + " has no value. Give ");
        if (option.isMultiValue()) {
            return mistakes;
        }
        mistakes.put(name + " 1 " + name + " 1", name + " is given twice. Give it once.");
        Class<?> type = option.type();
        if (type == String.class) {
            return mistakes;
        }
        List<String> wrong = new ArrayList<>(List.of("drei", "NaN", "1,5", "🍎", "0x1g"));
        boolean whole = type == int.class || type == Integer.class || type == Long.class;
        if (whole) {
            wrong.addAll(List.of("1.5", "1e3"));
            mistakes.put(name + " 99999999999999999999", name + " is '99999999999999999999', more than fits. Give ");
        }
        String fault = whole ? "', not a whole number. Give " : "', not a number. Give ";
        wrong.forEach(value -> mistakes.put(name + " " + value, name + " is '" + value + fault));
        return mistakes;
    }

    /** Every cell is answered as it should be, and after all of them model, run and steps are those of before. */
    private void assertAnswersAndNoChange(Map<String, String> answers) {
        for (Family family : Family.values()) {
            execute(family, "%start \"a red ball\" --steps 4");
            execute(family, "%step 2");
            String before = held(family);
            assertAll(answers.entrySet().stream()
                    .map(cell -> () -> assertAnswer(family, cell.getKey(), cell.getValue())));
            assertEquals(before, held(family));
            assertTrue(execute(family, "%back 0").text().contains("2 of 4 steps"));
        }
    }

    private void assertAnswer(Family family, String source, String answer) {
        Cell cell = execute(family, source);
        String error = cell.error();
        assertTrue(error.contains(answer), family + " answers " + source + " with: " + error + cell.outputs());
        assertEquals(1, error.lines().count(), error);
        assertFalse(cell.traceback().contains("at org.daguerre.argument."), cell.traceback());
    }

    private String held(Family family) {
        return execute(family, "%daguerre memory").text().replaceFirst("heap.*", "");
    }
}
