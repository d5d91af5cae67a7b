package org.daguerre.notebook.jjava;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.magic.MagicTranspiler;
import org.dflib.jjava.jupyter.kernel.magic.ParsedCellMagic;
import org.dflib.jjava.jupyter.kernel.magic.ParsedLineMagic;

/**
 * Lets a magic take arguments of any length. JJava writes each into the cell as one string constant; one of more than 64 KB
 * does not fit into a class file, and JShell, having stumbled over it, answers no later cell. Here it becomes several.
 */
final class LongArguments extends MagicTranspiler {

    private static final int MOST = 60_000;
    private static final Pattern LONG_CONSTANT = Pattern.compile("\"([A-Za-z0-9+/=]{" + (MOST + 1) + ",})\"");

    private final MagicTranspiler transpiler;

    private LongArguments(MagicTranspiler transpiler) {
        this.transpiler = transpiler;
    }

    /**
     * Puts itself between a kernel and its transpiler, for which there is no public way. The kernel holds it in an object that
     * is called magicParser in 1.0-a6 and magicsResolver since 1.0-a7.
     */
    static void allow(BaseKernel kernel) throws ReflectiveOperationException {
        for (Field field : BaseKernel.class.getDeclaredFields()) {
            if (field.getName().equals("magicsResolver") || field.getName().equals("magicParser")) {
                field.setAccessible(true);
                allow(field.get(kernel), field.getType());
            }
        }
    }

    private static void allow(Object holder, Class<?> type) throws ReflectiveOperationException {
        for (Field field : type.getDeclaredFields()) {
            if (field.getType() == MagicTranspiler.class) {
                field.setAccessible(true);
                field.set(holder, new LongArguments((MagicTranspiler) field.get(holder)));
            }
        }
    }

    @Override
    public String transpileLine(ParsedLineMagic magic) {
        return split(transpiler.transpileLine(magic));
    }

    @Override
    public String transpileCell(ParsedCellMagic magic) {
        return split(transpiler.transpileCell(magic));
    }

    private static String split(String source) {
        return source.length() <= MOST ? source : LONG_CONSTANT.matcher(source).replaceAll(LongArguments::joined);
    }

    private static String joined(MatchResult constant) {
        String text = constant.group(1);
        List<String> parts = new ArrayList<>();
        for (int from = 0; from < text.length(); from += MOST) {
            parts.add("\"" + text.substring(from, Math.min(text.length(), from + MOST)) + "\"");
        }
        return "String.join(\"\"," + String.join(",", parts) + ")";
    }
}
