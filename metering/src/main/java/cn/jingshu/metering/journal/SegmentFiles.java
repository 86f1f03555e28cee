package cn.jingshu.metering.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where a journal gets the files it writes: the boundary at which a test's disk runs full or fails to force. */
@FunctionalInterface
interface SegmentFiles {
    SegmentFiles ON_DISK = path ->
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    /** Opens a segment to read and write, creating it when it is not there. */
    FileChannel open(Path path) throws IOException;
}
