package cn.jingshu.marketplace.runtime;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Jingshu.class.getPackage().getImplementationVersion();
        return new String[] {"jingshu " + (version == null ? "(not packaged)" : version)};
    }
}
