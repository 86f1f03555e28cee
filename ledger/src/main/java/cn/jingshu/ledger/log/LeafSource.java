package cn.jingshu.ledger.log;

import cn.jingshu.ledger.seal.LogLeaf;
import java.util.List;
import java.util.Map;

/**
 * Records that become leaves of the log: chains of them, each numbered from 1 without a gap, never changed. Because of that the
 * log needs no list of what is still to be sealed, and whoever books or meters pays nothing for it.
 */
public interface LeafSource {
    /** What its leaves are about; no two sources of a log are about the same. */
    LogLeaf.Kind kind();

    /** The chains there are, in the order in which they are sealed. */
    List<String> chains();

    /**
     * The records behind the last sealed ones, by chain in the order of {@link #chains} and by number, none left out.
     *
     * @param sealed the last sealed number of each chain that is asked for; zero: none yet
     * @param most records answered at the most
     */
    List<LogLeaf> after(Map<String, Long> sealed, int most);

    /**
     * Records of a chain whose content is not what the digest in their leaf says: sentences that name them.
     *
     * @param after the number before the first one looked at
     * @param upTo the last one looked at
     */
    List<String> listAltered(String chain, long after, long upTo);
}
