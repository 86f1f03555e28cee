package cn.jingshu.marketplace.portal;

/**
 * The first call of a product, in the four ways people try it.
 *
 * @param baseUrl {@code http://localhost:8080}
 * @param grpcTarget {@code localhost:9090}
 * @param path of a GET operation with its query, {@code /v1/echo}
 * @param grpcMethod {@code jingshu.echo.v1.EchoService/Echo}
 * @param key the key itself when it has just been issued, else {@code $JINGSHU_KEY}
 */
public record FirstCall(String baseUrl, String grpcTarget, String path, String grpcMethod, String key) {
    /** What stands where the key goes while none is shown. */
    public static final String PLACEHOLDER = "$JINGSHU_KEY";

    public String curl() {
        return """
                curl -s "%s%s" \\
                  -H "Authorization: Bearer %s"\
                """.formatted(baseUrl, path, key);
    }

    public String java() {
        return """
                var request = HttpRequest.newBuilder(URI.create("%s%s"))
                        .header("Authorization", "Bearer " + %s)
                        .build();
                var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
                System.out.println(answer.statusCode() + " " + answer.body());\
                """.formatted(baseUrl, path, fromEnvironment() ? "System.getenv(\"JINGSHU_KEY\")" : quoted());
    }

    public String python() {
        return """
                import os, urllib.request

                request = urllib.request.Request(
                    "%s%s",
                    headers={"Authorization": "Bearer " + %s})
                with urllib.request.urlopen(request) as answer:
                    print(answer.status, answer.read().decode())\
                """.formatted(baseUrl, path, fromEnvironment() ? "os.environ[\"JINGSHU_KEY\"]" : quoted());
    }

    public String grpcurl() {
        return """
                grpcurl -plaintext \\
                  -H "authorization: Bearer %s" \\
                  %s %s\
                """.formatted(key, grpcTarget, grpcMethod);
    }

    private boolean fromEnvironment() {
        return key.equals(PLACEHOLDER);
    }

    private String quoted() {
        return "\"" + key + "\"";
    }
}
