package cn.jingshu.ledger.log;

import cn.jingshu.ledger.seal.LogHash;
import cn.jingshu.ledger.seal.NodeHash;

/** One node's hash by each of the two algorithms. */
record HashPair(NodeHash sha256, NodeHash sm3) {
    NodeHash by(LogHash hash) {
        return switch (hash) {
            case SHA_256 -> sha256;
            case SM3 -> sm3;
        };
    }
}
