package parallel;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** An account of swf-emulator for one test. Clients of an AWS SDK take its id as access key. */
final class Account {
    static final String ENDPOINT =
            System.getenv().getOrDefault("SWF_EMULATOR_URL", "http://127.0.0.1:4596");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final String id =
            String.format("%012d", ThreadLocalRandom.current().nextLong(1_000_000_000_000L));

    /** Call an SWF operation with a JSON input; return its JSON output. */
    String call(String operation, String input) {
        String authorization =
                "AWS4-HMAC-SHA256 Credential=" + id
                        + "/20260101/us-east-1/swf/aws4_request, SignedHeaders=host, Signature=0";
        return send(request("/")
                .header("Content-Type", "application/x-amz-json-1.0")
                .header("X-Amz-Target", "SimpleWorkflowService." + operation)
                .header("Authorization", authorization)
                .POST(HttpRequest.BodyPublishers.ofString(input)));
    }

    /** Change the account's clock, for example by {"advance": 86400}; return what it shows. */
    String clock(String change) {
        return send(request("/_emulator/clock?account=" + id)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(change)));
    }

    /** Return the timelines of the last runs of the account's workflow ids, as text. */
    String timelines() {
        String listed = send(request("/_emulator/executions?account=" + id).GET());
        Matcher ids = Pattern.compile("\"runId\": \"([^\"]+)\".*?\"workflowId\": \"([^\"]+)\"").matcher(listed);
        StringBuilder text = new StringBuilder();
        while (ids.find()) {
            text.append(send(request("/_emulator/executions/history?format=timeline&account=" + id
                    + "&runId=" + encoded(ids.group(1))
                    + "&workflowId=" + encoded(ids.group(2))).GET()));
        }
        return text.toString();
    }

    void forget() {
        send(request("/_emulator/accounts/" + id).DELETE());
    }

    private static String encoded(String text) {
        return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(ENDPOINT + path));
    }

    private static String send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response =
                    HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(response.statusCode() + " " + response.body());
            }
            return response.body();
        } catch (java.io.IOException | InterruptedException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Passes a fresh account, whose time stands still, to each test that has it as parameter. */
    static final class Each implements ParameterResolver, AfterEachCallback {
        private static final ExtensionContext.Namespace SPACE =
                ExtensionContext.Namespace.create(Account.class);

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Account.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Account account = new Account();
            account.clock("{\"mode\": \"virtual\"}");
            context.getStore(SPACE).put(Account.class, account);
            return account;
        }

        @Override
        public void afterEach(ExtensionContext context) {
            Account account = context.getStore(SPACE).get(Account.class, Account.class);
            if (account == null) {
                return;
            }
            if (context.getExecutionException().isPresent()) {
                System.err.println(account.timelines());
            }
            account.forget();
        }
    }
}
