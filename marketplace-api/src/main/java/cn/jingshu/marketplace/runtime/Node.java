package cn.jingshu.marketplace.runtime;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** One running node, from the first check to the last drained call. */
public final class Node implements AutoCloseable {
    private final Workspace workspace;
    private final ApplicationContext context;
    private final EmbeddedServer http;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Node(Workspace workspace, ApplicationContext context, EmbeddedServer http) {
        this.workspace = workspace;
        this.context = context;
        this.http = http;
    }

    static Node start(WorkspaceOptions options, Map<String, Object> given, StartProgress progress) {
        Settings settings = Settings.read(options.config, given);
        DataDirectory data = DataDirectory.open(options.data);
        requireFree(settings, Setting.PORT, "--port");
        requireFree(settings, Setting.GRPC_PORT, "--grpc-port");
        Workspace workspace = Workspace.openForServer(settings, data, progress);
        try {
            return startOn(workspace, progress);
        } catch (RuntimeException | Error failed) {
            workspace.close();
            throw failed;
        }
    }

    private static Node startOn(Workspace workspace, StartProgress progress) {
        Settings settings = workspace.settings();
        Map<String, Object> properties = new LinkedHashMap<>(settings.defaults());
        properties.putAll(workspace.datasourceProperties());
        properties.put("micronaut.server.host", settings.get(Setting.HOST));
        properties.put("micronaut.server.port", settings.get(Setting.PORT));
        progress.step("Application");
        ApplicationContext context = settings.contextWith(properties);
        context.registerSingleton(DataDirectory.class, workspace.data());
        context.start();
        EmbeddedServer http = context.getBean(EmbeddedServer.class);
        http.start();
        return new Node(workspace, context, http);
    }

    /** A port in use is said before anything is started. */
    private static void requireFree(Settings settings, Setting setting, String option) {
        int port = settings.getPort(setting);
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(settings.get(Setting.HOST)), port));
        } catch (IOException taken) {
            throw new StartFailure("Port " + port + " is taken (" + taken.getMessage() + "): choose another with "
                    + option + " N.", taken);
        }
    }

    void printWelcome(PrintStream out, double seconds) {
        out.printf("%nJingshu is ready after %.1f s: %s%n", seconds, http.getURL());
        out.flush();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            http.stop();
            context.close();
            workspace.close();
        }
    }
}
