import java.io.File;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

// As in the documentation of org.apache.catalina.startup.Tomcat, with the shutdown hook that Catalina
// itself installs where it is started by its script.
public class Main {
    public static void main(String[] args) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getenv("TMPDIR"));
        tomcat.setPort(Integer.parseInt(System.getenv("PORT")));
        tomcat.getConnector();
        Context context = tomcat.addContext("", new File(System.getenv("TMPDIR")).getAbsolutePath());
        Tomcat.addServlet(context, "hello", new HelloServlet());
        context.addServletMappingDecoded("/*", "hello");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                tomcat.stop();
                tomcat.destroy();
            } catch (LifecycleException error) {
                error.printStackTrace();
            }
        }));
        tomcat.start();
        tomcat.getServer().await();
    }
}
