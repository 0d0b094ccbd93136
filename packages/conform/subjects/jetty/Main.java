import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.eclipse.jetty.servlet.ServletHandler;

// As in "Embedding Jetty" of Jetty 9.4, with its StatisticsHandler and stop timeout for a graceful end.
public class Main {
    public static void main(String[] args) throws Exception {
        Server server = new Server(Integer.parseInt(System.getenv("PORT")));
        ServletHandler handler = new ServletHandler();
        handler.addServletWithMapping(HelloServlet.class, "/*");
        StatisticsHandler statistics = new StatisticsHandler();
        statistics.setHandler(handler);
        server.setHandler(statistics);
        server.setStopTimeout(30_000);
        server.setStopAtShutdown(true);
        server.start();
        server.join();
    }
}
