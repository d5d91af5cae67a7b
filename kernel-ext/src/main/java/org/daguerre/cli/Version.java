package org.daguerre.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the jar was built as; classes that have not been packed have none. */
public final class Version implements IVersionProvider {

    private static final String BUILD = "/META-INF/maven/org.daguerre/daguerre-kernel-ext/pom.properties";

    public static String current() {
        try (InputStream in = Version.class.getResourceAsStream(BUILD)) {
            Properties build = new Properties();
            if (in != null) {
                build.load(in);
            }
            return build.getProperty("version", "unpacked");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {"daguerre " + current(), "Java " + Runtime.version()};
    }
}
