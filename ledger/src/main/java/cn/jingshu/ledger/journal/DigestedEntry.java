package cn.jingshu.ledger.journal;

/** An entry with the digest of its content, reckoned before any lock is held. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DigestedEntry(JournalEntry entry, byte[] sha256) {
    static DigestedEntry of(JournalEntry entry) {
        return new DigestedEntry(entry, EntryDigest.bytesOf(entry));
    }
}
