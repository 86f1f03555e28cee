package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventBytes;

/**
 * How a usage journal keeps its events.
 *
 * @param durability when an append is done
 * @param segmentBytes a segment is closed once it is this long; 64 KiB to 1 GiB
 * @param mostWaitingBytes how much may wait for the disk before appends are refused; 64 KiB to 1 GiB
 */
public record JournalSettings(Durability durability, long segmentBytes, int mostWaitingBytes) {
    /** When an append is done. */
    public enum Durability {
        /** Once the operating system has the bytes: survives {@code kill -9}, not a power cut. */
        PROCESS,
        /** Once the group is forced to the disk: survives a power cut. */
        DISK
    }

    public JournalSettings {
        if (segmentBytes < 1 << 16 || segmentBytes > 1 << 30) {
            throw new IllegalArgumentException("segmentBytes is " + segmentBytes + ", allowed: 64 KiB to 1 GiB");
        }
        if (mostWaitingBytes < 1 << 16 || mostWaitingBytes > 1 << 30) {
            throw new IllegalArgumentException("mostWaitingBytes is " + mostWaitingBytes + ", allowed: 64 KiB to 1 GiB");
        }
        assert mostWaitingBytes / 2 > Frame.HEADER_BYTES + EventBytes.MOST_BYTES;
    }

    /** Segments of 64 MiB, at most 8 MiB waiting. */
    public static JournalSettings of(Durability durability) {
        return new JournalSettings(durability, 64L << 20, 8 << 20);
    }
}
