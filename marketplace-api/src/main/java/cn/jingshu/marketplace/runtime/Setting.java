package cn.jingshu.marketplace.runtime;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every setting under {@code jingshu.}, once: its key, its default as shown in {@code docs/configuration.md}, and what
 * it does. A key that is not here stops the start, so a misspelt setting can never be silently ignored.
 */
public enum Setting {
    HOST(Kind.TEXT, "jingshu.host", "127.0.0.1", "Address both servers listen on; 0.0.0.0 for every interface."),
    PORT(Kind.PORT, "jingshu.port", "8080", "HTTP port: portal, REST, management."),
    GRPC_PORT(Kind.PORT, "jingshu.grpc-port", "9090", "gRPC port."),
    DATASOURCE_URL(Kind.TEXT, "jingshu.datasource.url", "", "JDBC URL of an external PostgreSQL; empty: the embedded one."),
    DATASOURCE_USERNAME(Kind.TEXT, "jingshu.datasource.username", "", "Role of the external PostgreSQL."),
    DATASOURCE_PASSWORD(Kind.TEXT, "jingshu.datasource.password", "", "Password of that role."),
    DATASOURCE_OWNER_USERNAME(Kind.TEXT, "jingshu.datasource.owner-username", "",
            "Role that owns the database and migrates it at the start; the node's own role then has only the rights it needs."
                    + " Empty: the node's role owns it, and only triggers keep the books from it;"
                    + " a number of policy said to come with a release is then taken from it too."),
    DATASOURCE_OWNER_PASSWORD(Kind.TEXT, "jingshu.datasource.owner-password", "", "Password of the owner's role."),
    DATASOURCE_POOL(Kind.COUNT, "jingshu.datasource.maximum-pool-size", "12", "Connections this node opens at the most."),
    REDIS_URI(Kind.TEXT, "jingshu.redis.uri", "", "redis:// address for rate limits shared by several nodes; empty: per node."),
    REDIS_NODES(Kind.COUNT, "jingshu.redis.nodes", "2", "How many nodes share the limits: the share each keeps when Redis is gone."),
    PEPPER(Kind.TEXT, "jingshu.secrets.pepper", "",
            "At least 64 hexadecimal digits: keyed hash of API keys. Needed with an external PostgreSQL, the same on"
                    + " every node; the embedded mode makes its own."),
    DOMAIN_SECRET(Kind.TEXT, "jingshu.secrets.domain", "",
            "At least 64 hexadecimal digits: tokens of subjects and passwords of products' roles in the data domain; the same on every node, and for"
                    + " ever. Empty: one that follows from the pepper."),
    DOMAIN_SEALING_KEYS(Kind.TEXT, "jingshu.secrets.domain-sealing-keys", "",
            "Keys of sealed values, the one in use first: a number and 64 hexadecimal digits each, as 2:9f… 1:03…; a key is left out only when nothing"
                    + " is sealed with it any more. Empty: one that follows from the domain's secret, which goes on opening what it sealed."),
    DURABILITY(Kind.DURABILITY, "jingshu.journal.durability", "PROCESS",
            "PROCESS: a usage record survives kill -9 before the answer is sent; DISK: it is also fsynced."),
    TRUSTED_PROXIES(Kind.NETWORKS, "jingshu.proxies.trusted", "",
            "Proxies whose word is taken on where a request came from, by their networks (10.0.0.0/8, fd00::/8), separated by commas: behind them"
                    + " limits by address count the visitor and not the proxy. Empty: none."),
    PROXIES_HEADER(Kind.PROXY_HEADER, "jingshu.proxies.header", "X-Forwarded-For",
            "The one field these proxies write it into: X-Forwarded-For, or Forwarded (RFC 7239)."),
    CONNECTIONS(Kind.COUNT, "jingshu.limits.connections", "10000",
            "Connections that may be open to this node at one time, over HTTP and gRPC together; one more is closed at once."),
    MAX_BODY(Kind.COUNT, "jingshu.limits.max-body-bytes", "1048576", "Largest request body of a product call, in bytes."),
    REQUEST_TIMEOUT(Kind.DURATION, "jingshu.limits.request-timeout", "30s",
            "How long a request may take to arrive, from its first byte to its last."),
    TIMEOUT(Kind.DURATION, "jingshu.limits.answer-timeout", "30s", "How long a product may take for one unary answer."),
    STREAMS(Kind.COUNT, "jingshu.limits.streams-per-subscription", "20", "Open streams of one subscription on one node."),
    STREAMS_OF_A_NODE(Kind.COUNT, "jingshu.limits.streams", "1000",
            "Streams that may be open on this node at one time, calls apart; beyond, NODE_OVERLOADED."),
    CALLS_UNDER_WAY(Kind.COUNT, "jingshu.limits.calls-under-way", "2000",
            "Product calls that may be under way on this node at one time, streams apart; beyond, NODE_OVERLOADED."),
    PUBLIC_SHARE(Kind.SHARE, "jingshu.limits.public-interest-share", "0.2",
            "Share of these calls, and of the streams, that is kept for use in the public interest, rounded up; from 0 to 1."),
    LATE_AFTER(Kind.DURATION, "jingshu.limits.late-after", "500ms",
            "How late an event loop may be, at three looks 50 ms apart, before paid calls on it are refused with NODE_OVERLOADED."),
    SLOW_READER(Kind.DURATION, "jingshu.limits.slow-reader-timeout", "30s",
            "How long the caller of a stream may leave an item unread before the stream is ended."),
    IDEMPOTENCY_LIFE(Kind.DURATION, "jingshu.limits.idempotency-life", "24h",
            "How long a call retried with its Idempotency-Key still finds its stored answer."),
    USAGE_PUSH_SINK(Kind.TEXT, "jingshu.usage-push.sink", "",
            "URL that stored usage is pushed to as CloudEvents: https, or http on this machine; empty: none."),
    USAGE_PUSH_SECRET(Kind.TEXT, "jingshu.usage-push.secret", "",
            "What its messages are signed with (Standard Webhooks): whsec_ and the Base64 of 24 to 64 random bytes; two,"
                    + " separated by a blank, while the sink changes over."),
    USAGE_PUSH_SOURCE(Kind.TEXT, "jingshu.usage-push.source", "/jingshu/usage",
            "CloudEvents source of the pushed events; another one for each installation that pushes to the same sink."),
    USAGE_PUSH_INTERVAL(Kind.DURATION, "jingshu.usage-push.interval", "1s", "How often new usage is looked for."),
    USAGE_PUSH_TIMEOUT(Kind.DURATION, "jingshu.usage-push.answer-timeout", "15s", "How long the sink may take for one message."),
    UPSTREAM_HOSTS(Kind.TEXT, "jingshu.upstream.hosts", "",
            "Hosts that products of kind upstream may ask, each host or host:port, separated by commas; only at addresses of the public internet."),
    UPSTREAM_INNER_HOSTS(Kind.TEXT, "jingshu.upstream.inner-hosts", "",
            "The same of hosts of the inner network, which may be asked at private addresses and without TLS; never link-local ones or a cloud's metadata."),
    UPSTREAM_TIMEOUT(Kind.DURATION, "jingshu.upstream.answer-timeout", "10s", "How long such a source may take for one answer, from first byte to last."),
    SOURCES_HOSTS(Kind.TEXT, "jingshu.sources.hosts", "",
            "Hosts that scheduled sources of data resources may lie at, each PROVIDER@host or PROVIDER@host:port"
                    + " (A2.4@register.example:5432; *@host: of every provider), separated by commas; only at addresses of the public internet, over TLS."),
    SOURCES_INNER_HOSTS(Kind.TEXT, "jingshu.sources.inner-hosts", "",
            "The same of hosts of the inner network, which may be asked at private addresses, interfaces without TLS too; never"
                    + " link-local ones or a cloud's metadata."),
    SOURCES_PLAIN_HOSTS(Kind.TEXT, "jingshu.sources.plain-hosts", "",
            "Those of the inner hosts, in the same form, whose databases may be read without TLS."),
    SOURCES_SECRETS(Kind.TEXT, "jingshu.sources.secrets", "",
            "Folder of the secrets of scheduled sources, a file each: PROVIDER/host_port/name in it; empty: secrets/sources of the"
                    + " data folder."),
    SOURCES_FOLDERS(Kind.TEXT, "jingshu.sources.folders", "",
            "Folders of this node that providers put files into, each PROVIDER@/path (A2.4@/srv/incoming/housing; *@/path: of every provider),"
                    + " separated by commas; a source names such a folder or one below it."),
    SOURCES_DATABASES(Kind.TEXT, "jingshu.sources.databases", "",
            "Databases beside PostgreSQL and MySQL that tables may be loaded from, each NAME@ADDRESS with the form of the address its driver takes"
                    + " (dm@jdbc:dm://{host}:{port}/{database}), separated by commas; only at hosts that are among the plain-hosts."),
    SOURCES_DRIVERS(Kind.TEXT, "jingshu.sources.drivers", "",
            "Folder of the JDBC drivers of those databases, archives (.jar); empty: drivers of the data folder."),
    SOURCES_AT_ONCE(Kind.COUNT, "jingshu.sources.at-once", "3",
            "How many scheduled sources this node loads at once, 1 to 16; of one provider one less, so that a long load leaves a place to others."),
    LOG_ORIGIN(Kind.NAME, "jingshu.log.origin", "jingshu.local/log",
            "Name of the append-only log and of its keys, such as data.city.example/log; chosen before the first start, never changed."),
    LOG_SM2(Kind.FLAG, "jingshu.log.sm2", "false", "Sign checkpoints with an SM2 key too; a log that has none yet gets one."),
    LOG_CHECKPOINTS(Kind.DURATION, "jingshu.log.checkpoint-interval", "10m", "How often what was sealed since is signed."),
    LOG_KEYSTORE(Kind.TEXT, "jingshu.log.keystore", "",
            "PKCS #12 file of the log's keys, the same on every node that signs; empty: secrets/log-keys.p12 of the data folder."),
    LOG_KEYSTORE_PASSWORD(Kind.TEXT, "jingshu.log.keystore-password", "",
            "Password of that file; empty: the one in secrets/log-keystore-password, made at the first start."),
    CATALOGUE_IRI(Kind.TEXT, "jingshu.catalogue.iri", "https://jingshu.local/id/",
            "What the IRIs of the resource catalogue begin with (DCAT export); chosen before the first export, never changed."),
    DOMAIN_TOKEN_HASH(Kind.TOKEN_HASH, "jingshu.domain.token-hash", "HMAC_SM3",
            "How identifiers of subjects become tokens: HMAC_SM3 or HMAC_SHA_256; chosen before the first start, never changed."),
    DOMAIN_SEALING(Kind.SEALING, "jingshu.domain.sealing", "AES_256_GCM", "How sensitive values are sealed from now on: AES_256_GCM or SM4_GCM."),
    DOMAIN_CONNECTIONS(Kind.COUNT, "jingshu.domain.connections-per-role", "4",
            "Connections to the data domain this node opens for one product, and as many for its sandbox, at the most."),
    DOMAIN_WAITING(Kind.COUNT, "jingshu.domain.waiting-per-role", "256", "Calls of one product that may wait for one; beyond, it counts as away."),
    DOMAIN_STATEMENT(Kind.DURATION, "jingshu.domain.statement-timeout", "15s", "How long one statement of a product may take in the data domain."),
    DEMO(Kind.FLAG, "jingshu.demo", "true", "Load the synthetic demo city; only ever in the embedded mode."),
    SECURE_COOKIES(Kind.FLAG, "jingshu.portal.secure-cookies", "false",
            "Send session cookies over TLS only; true wherever the portal is reached through TLS."),
    CLAIMS_EVIDENCE_KEY(Kind.TEXT, "jingshu.claims.evidence-key-file", "",
            "File of the Ed25519 seed (Base64 of 32 bytes) that signs evidence bundles of claims; empty: derived from the domain's key."),
    PRESCRIPTION_INTERACTIONS(Kind.TEXT, "jingshu.prescription.interaction-list", "",
            "CSV file of a drug-interaction list the installation has licensed; it adds alerts to the shipped rules and removes none."),
    PRESCRIPTION_STORABLE(Kind.TEXT, "jingshu.prescription.storable", "",
            "Generic names, separated by commas, of drugs with special storage that the city's own list allows in long prescriptions."),
    PRESCRIPTION_DISTRICTS(Kind.TEXT, "jingshu.prescription.urban-districts", "",
            "Codes of the urban districts whose patients may renew online, separated by commas; empty: those of the shipped rules."),
    TRANSIT_GTFS(Kind.TEXT, "jingshu.transit.gtfs", "", "GTFS static zip of the transit product; empty: the synthetic demo network."),
    TRANSIT_FEED(Kind.TEXT, "jingshu.transit.feed", "",
            "GTFS-Realtime feeds, VehiclePositions or TripUpdates: files that are re-read, or http(s) URLs; several: a list, or"
                    + " separated by commas."),
    TRANSIT_REPLAY(Kind.TEXT, "jingshu.transit.replay", "", "AVL trace (CSV) replayed as if it were live."),
    TRANSIT_REPLAY_SPEED(Kind.NUMBER, "jingshu.transit.replay-speed", "1", "Trace seconds per second of the clock."),
    TRANSIT_POLL(Kind.DURATION, "jingshu.transit.poll-interval", "10s", "How often each feed is read."),
    TRANSIT_STALE(Kind.DURATION, "jingshu.transit.stale-after", "90s", "Age from which a position is stale and not sold as live."),
    LENDING_PERSONAL(Kind.FLAG, "jingshu.lending.personal-licence", "false",
            "Loans to persons may be estimated from live data: a licensed credit-information body stands behind it, or none is needed."),
    LENDING_LPR(Kind.TEXT, "jingshu.lending.lpr", "", "CSV file of further months of the loan prime rate; empty: those the product brings."),
    LENDING_POLICY(Kind.TEXT, "jingshu.lending.policy", "",
            "CSV file of further or other policy numbers of loans, such as the city's provident-fund formula; empty: those the product brings."),
    HEALTH_ISSUER(Kind.TEXT, "jingshu.health.identity-issuer", "",
            "What the city's identity provider calls itself in its signed proofs (iss); empty: nobody can open a live session of the health product."),
    HEALTH_KEY(Kind.TEXT, "jingshu.health.identity-key", "",
            "Its Ed25519 public key, X.509 in Base64; set with the issuer."),
    HEALTH_SESSION(Kind.NUMBER, "jingshu.health.session-minutes", "15",
            "How long a person's session lasts, 1 to 60 minutes."),
    HEALTH_QRISK3(Kind.FLAG, "jingshu.health.qrisk3", "true",
            "Show QRISK3 with ClinRisk's disclaimer; false: leave it out.");

    private final Kind kind;
    private final String key;
    private final String defaultValue;
    private final String meaning;

    Setting(Kind kind, String key, String defaultValue, String meaning) {
        this.kind = kind;
        this.key = key;
        this.defaultValue = defaultValue;
        this.meaning = meaning;
    }

    /** What its value must look like. */
    Kind kind() {
        return kind;
    }

    public String key() {
        return key;
    }

    /** The value in force when nothing is set; empty: none. */
    public String defaultValue() {
        return defaultValue;
    }

    public String meaning() {
        return meaning;
    }

    /** The name under which the environment sets it: {@code JINGSHU_DATASOURCE_URL}. */
    public String environmentName() {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    static Optional<Setting> find(String keyOrEnvironmentName) {
        return Arrays.stream(values())
                .filter(setting -> setting.key.equals(keyOrEnvironmentName)
                        || setting.environmentName().equals(keyOrEnvironmentName))
                .findFirst();
    }

    /** The forms a value can have. */
    enum Kind {
        TEXT("text", ".*"),
        NAME("a name without blank and plus", "[^\\s+]{1,255}"),
        PORT("a port from 0 to 65535", "\\d{1,5}"),
        COUNT("a whole number above zero", "[1-9]\\d{0,8}"),
        NUMBER("a number above zero", "(?!0+(\\.0*)?$)\\d{1,9}(\\.\\d{1,9})?"),
        SHARE("a number from 0 to 1", "0(\\.\\d{1,9})?|1(\\.0{1,9})?"),
        DURATION("a length of time such as 500ms, 10s or 5m", "[1-9]\\d{0,8}(ms|s|m|h|d)"),
        FLAG("true or false", "(?i)true|false"),
        NETWORKS("networks such as 10.0.0.0/8, separated by commas", "(\\s*[0-9A-Fa-f:.]{2,45}(/\\d{1,3})?\\s*(,|$))*"),
        PROXY_HEADER("X-Forwarded-For or Forwarded", "(?i)X-Forwarded-For|Forwarded"),
        TOKEN_HASH("HMAC_SM3 or HMAC_SHA_256", "HMAC_SM3|HMAC_SHA_256"),
        SEALING("AES_256_GCM or SM4_GCM", "AES_256_GCM|SM4_GCM"),
        DURABILITY("PROCESS or DISK", "PROCESS|DISK");

        private final String description;
        private final String form;

        Kind(String description, String form) {
            this.description = description;
            this.form = form;
        }

        String description() {
            return description;
        }

        boolean accepts(String value) {
            return value.matches(form);
        }
    }
}
