import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

public class HelloServlet extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        try {
            answer(request, response);
        } catch (InterruptedException error) {
            throw new ServletException(error);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (request.getRequestURI().equals("/__conform/echo")) {
            response.getOutputStream().write(request.getInputStream().readAllBytes());
        } else {
            response.sendError(404);
        }
    }

    private static void answer(HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        OutputStream out = response.getOutputStream();
        switch (request.getRequestURI()) {
            case "/" -> say(out, "Hello World!");
            case "/__conform/slow" -> {
                Thread.sleep(number(request, "ms"));
                say(out, "slow");
            }
            case "/__conform/block" -> {
                long end = System.currentTimeMillis() + number(request, "ms");
                while (System.currentTimeMillis() < end) {}
                say(out, "blocked");
            }
            case "/__conform/stream" -> {
                byte[] chunk = new byte[(int) number(request, "bytes")];
                for (long left = number(request, "chunks"); left > 0; left--) {
                    Thread.sleep(number(request, "ms"));
                    out.write(chunk);
                    out.flush();
                }
            }
            case "/__conform/throw" -> fail(request.getParameter("kind"), out);
            case "/__conform/header" -> {
                response.setHeader("X-Value", request.getParameter("value"));
                say(out, "header");
            }
            case "/__conform/client" ->
                say(out, request.getRemoteAddr() + " " + request.getRequestURL());
            case "/__conform/log" -> {
                System.out.println("asked");
                say(out, "logged");
            }
            case "/__conform/backing" -> {
                try (var in = new URL(System.getenv("BACKING_URL")).openStream()) {
                    in.transferTo(out);
                }
            }
            default -> response.sendError(404);
        }
    }

    private static void fail(String kind, OutputStream out) throws IOException {
        if (kind.equals("late")) {
            new Thread(() -> { throw new IllegalStateException("conform-secret"); }).start();
            say(out, "late");
            return;
        }
        if (kind.equals("after")) {
            say(out, "some");
            out.flush();
        }
        throw new IllegalStateException("conform-secret");
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long number(HttpServletRequest request, String name) {
        return Long.parseLong(request.getParameter(name));
    }
}
