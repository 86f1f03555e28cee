package cn.jingshu.marketplace.source;

import java.nio.file.Path;
import java.util.Set;

/**
 * Where sources may lie.
 *
 * @param hosts each alone or with a port; only at addresses of the public internet, over TLS
 * @param innerHosts the same of hosts of the inner network
 * @param secrets folder of secrets: a folder a host, in it a file a secret
 */
public record SourceSettings(Set<String> hosts, Set<String> innerHosts, Path secrets) {
    public SourceSettings {
        hosts = Set.copyOf(hosts);
        innerHosts = Set.copyOf(innerHosts);
    }
}
