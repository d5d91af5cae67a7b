package org.daguerre.notebook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMsg;

/** A front end without a window: sends cells to a kernel in this JVM by Jupyter's protocol 5.3 and gathers what they show. */
final class JupyterClient implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KEY = "a key for signatures";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Something that a cell showed. */
    record Output(String type, JsonNode content) {

        String data(String mime) {
            return content.path("data").path(mime).asText();
        }

        String displayId() {
            return content.path("transient").path("display_id").asText();
        }
    }

    /** A cell that has run. */
    record Cell(List<Output> outputs) {

        /** The outputs of a type, such as {@code display_data}. */
        List<Output> outputs(String type) {
            return outputs.stream().filter(output -> output.type().equals(type)).toList();
        }

        /** The value that the cell ended with; IJava shows that of a magic as if it had been displayed. */
        Output result() {
            if (!error().isEmpty()) {
                throw new AssertionError("the cell failed: " + error());
            }
            List<Output> shown = Stream.of("execute_result", "display_data")
                    .flatMap(type -> outputs(type).stream())
                    .filter(output -> output.displayId().isEmpty())
                    .toList();
            if (shown.size() != 1) {
                throw new AssertionError("the cell shows " + shown.size() + " values: " + outputs);
            }
            return shown.get(0);
        }

        String text() {
            return result().data("text/plain");
        }

        /** The error's message, empty if there was none. */
        String error() {
            return outputs("error").stream()
                    .map(error -> error.content().path("evalue").asText())
                    .findFirst()
                    .orElse("");
        }

        String traceback() {
            return outputs("error").get(0).content().path("traceback").toString();
        }
    }

    private final NotebookKernel kernel;
    private final ZContext sockets = new ZContext();
    private final ZMQ.Socket shell = sockets.createSocket(SocketType.DEALER);
    private final ZMQ.Socket control = sockets.createSocket(SocketType.DEALER);
    private final ZMQ.Socket published = sockets.createSocket(SocketType.SUB);

    JupyterClient(NotebookKernel kernel) throws Exception {
        this.kernel = kernel;
        int[] ports = freePorts(5);
        kernel.start(JSON.writeValueAsString(Map.of(
                "ip", "127.0.0.1",
                "transport", "tcp",
                "signature_scheme", "hmac-sha256",
                "key", KEY,
                "shell_port", ports[0],
                "iopub_port", ports[1],
                "stdin_port", ports[2],
                "control_port", ports[3],
                "hb_port", ports[4])));
        shell.connect("tcp://127.0.0.1:" + ports[0]);
        published.connect("tcp://127.0.0.1:" + ports[1]);
        published.subscribe(ZMQ.SUBSCRIPTION_ALL);
        control.connect("tcp://127.0.0.1:" + ports[3]);
        published.setReceiveTimeOut(200);
        do { // a subscriber hears nothing until it has joined
            send(shell, "kernel_info_request", Map.of());
        } while (ZMsg.recvMsg(published) == null);
        execute(kernel.firstCell());
    }

    /** Runs a cell to its end. */
    Cell execute(String source) {
        return await(start(source));
    }

    /** Sends a cell and returns the id of its request. */
    String start(String source) {
        return send(
                shell,
                "execute_request",
                Map.of("code", source, "silent", false, "store_history", true, "allow_stdin", false));
    }

    /** Waits until a cell has shown something of a type. */
    Output await(String request, String type) {
        return await(request, type, "");
    }

    /** Waits until a cell has shown something of a type that begins with a text. */
    Output await(String request, String type, String text) {
        for (long end = end(); System.nanoTime() < end; ) {
            Output output = receive(request);
            if (output != null
                    && output.type().equals(type)
                    && output.data("text/plain").startsWith(text)) {
                return output;
            }
        }
        throw new AssertionError("the cell showed no " + type + " " + text);
    }

    /** Waits for the end of a cell. */
    Cell await(String request) {
        List<Output> outputs = new ArrayList<>();
        for (long end = end(); System.nanoTime() < end; ) {
            Output output = receive(request);
            if (output == null || output.type().equals("execute_input")) {
                continue;
            }
            if (!output.type().equals("status")) {
                outputs.add(output);
            } else if (output.content().path("execution_state").asText().equals("idle")) {
                return new Cell(outputs);
            }
        }
        throw new AssertionError("the kernel does not answer");
    }

    /** Interrupts the running cell, as the square button does. */
    void interrupt() {
        send(control, "interrupt_request", Map.of());
    }

    private static long end() {
        return System.nanoTime() + PATIENCE.toNanos();
    }

    private Output receive(String request) {
        ZMsg message = ZMsg.recvMsg(published);
        if (message == null) {
            return null;
        }
        try {
            while (!message.popString().equals("<IDS|MSG>")) {}
            message.pop();
            JsonNode header = JSON.readTree(message.pop().getData());
            JsonNode parent = JSON.readTree(message.pop().getData());
            message.pop();
            JsonNode content = JSON.readTree(message.pop().getData());
            return parent.path("msg_id").asText().equals(request)
                    ? new Output(header.path("msg_type").asText(), content)
                    : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String send(ZMQ.Socket socket, String type, Map<String, ?> content) {
        try {
            String id = UUID.randomUUID().toString();
            String header = JSON.writeValueAsString(Map.of(
                    "msg_id", id,
                    "msg_type", type,
                    "username", "test",
                    "session", "test",
                    "date", "2026-01-01T00:00:00.000000Z",
                    "version", "5.3"));
            String body = JSON.writeValueAsString(content);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY.getBytes(UTF_8), "HmacSHA256"));
            byte[] signature = mac.doFinal((header + "{}{}" + body).getBytes(UTF_8));
            ZMsg message = new ZMsg();
            for (String frame : List.of("<IDS|MSG>", HexFormat.of().formatHex(signature), header, "{}", "{}", body)) {
                message.add(frame.getBytes(UTF_8));
            }
            message.send(socket);
            return id;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static int[] freePorts(int n) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < n; i++) {
                held.add(new ServerSocket(0));
            }
            return held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    @Override
    public void close() {
        sockets.close();
        kernel.close();
    }
}
