package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.products.domain.DomainKeys;
import cn.jingshu.products.domain.DomainSettings;
import cn.jingshu.products.domain.SealedValues;
import cn.jingshu.products.domain.SubjectTokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How this node comes into the data domain.
 *
 * @param owner whose tables they are, and who makes the roles of products
 * @param node as whom the node works; the same where there is one role for both
 * @param keys all secrets of the domain
 * @param settings what a product may take
 */
record DomainAccess(DatabaseAddress owner, DatabaseAddress node, DomainKeys keys, DomainSettings settings) {
    /** The key that follows from the domain's secret has this id, and goes on opening what it sealed. */
    private static final int OWN_KEY = 0;

    private static final Pattern SEALING_KEY = Pattern.compile("([0-9]{1,9}):([0-9a-fA-F]{64,})");

    /**
     * As the settings of a workspace say.
     *
     * @param pepper checked already
     * @throws StartFailure if a secret is too weak
     */
    static DomainAccess of(Workspace workspace, String pepper) {
        Settings settings = workspace.settings();
        return new DomainAccess(workspace.owner(), workspace.database(), keys(settings, pepper), limits(settings, workspace));
    }

    private static DomainKeys keys(Settings settings, String pepper) {
        byte[] secret = settings.find(Setting.DOMAIN_SECRET)
                .map(given -> strong(Setting.DOMAIN_SECRET, given))
                .orElseGet(() -> new Pepper(HexFormat.of().parseHex(pepper)).derive("data domain", new byte[0]));
        List<SealedValues.Key> sealing = new ArrayList<>();
        boolean ownKeyGiven = false;
        String given = settings.get(Setting.DOMAIN_SEALING_KEYS).strip();
        for (String each : given.isEmpty() ? List.<String>of() : List.of(given.split("\\s+", -1))) {
            Matcher form = SEALING_KEY.matcher(each);
            if (!form.matches()) {
                throw new StartFailure("The setting " + Setting.DOMAIN_SEALING_KEYS.key()
                        + " is not of the form 2:64 hexadecimal digits, several separated by blanks.");
            }
            int id = Integer.parseInt(form.group(1));
            ownKeyGiven |= id == OWN_KEY;
            sealing.add(new SealedValues.Key(id, strong(Setting.DOMAIN_SEALING_KEYS, form.group(2))));
        }
        return new DomainKeys(secret, sealing, !ownKeyGiven,
                SubjectTokens.Hash.valueOf(settings.get(Setting.DOMAIN_TOKEN_HASH)),
                SealedValues.Algorithm.valueOf(settings.get(Setting.DOMAIN_SEALING)));
    }

    private static byte[] strong(Setting setting, String hex) {
        if (!hex.matches("([0-9a-fA-F]{2}){32,}") || hex.chars().distinct().count() < 8) {
            throw new StartFailure("The setting " + setting.key() + " is too weak: give 64 random hexadecimal digits (openssl rand -hex 32).");
        }
        return HexFormat.of().parseHex(hex);
    }

    private static DomainSettings limits(Settings settings, Workspace workspace) {
        DomainSettings usual = DomainSettings.USUAL;
        int connections = Integer.parseInt(settings.get(Setting.DOMAIN_CONNECTIONS));
        Duration statement = settings.getDuration(Setting.DOMAIN_STATEMENT);
        return new DomainSettings(statement, usual.idleInTransaction(), usual.workMemoryKb(), usual.temporaryFilesKb(), connections,
                Math.max(usual.connectionLimit(), connections * 16), Integer.parseInt(settings.get(Setting.DOMAIN_WAITING)), usual.waitAtMost(),
                workspace.isEmbedded() && settings.isTrue(Setting.DEMO));
    }

    /** Roles that work with the database beside its owner. */
    List<String> nodes() {
        return owner.username().equals(node.username()) ? List.of() : List.of(node.username());
    }

    @Override
    public String toString() {
        return "DomainAccess[" + owner + ", " + node + "]";
    }
}
