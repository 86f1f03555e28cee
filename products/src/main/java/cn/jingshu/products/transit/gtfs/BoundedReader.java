package cn.jingshu.products.transit.gtfs;

import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 text of a packed table, without its byte order mark. It fails once the text grows beyond what its packed size
 * can honestly hold, or a line beyond any real one, so that a zip bomb is met before it has filled the memory.
 */
final class BoundedReader extends FilterReader {
    private static final int MAX_LINE = 200_000;
    private static final int FREE_EXPANSION = 1_000_000;

    private final String table;
    private final long limit;
    private long read;
    private int line;
    private boolean started;

    BoundedReader(String table, InputStream in, long packedBytes, ImportLimits limits) {
        super(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.table = table;
        this.limit = Math.min(limits.tableBytes(), FREE_EXPANSION + Math.max(0, packedBytes) * limits.expansion());
    }

    @Override
    public int read() throws IOException {
        char[] one = new char[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        int count = in.read(buffer, offset, length);
        if (count > 0 && !started) {
            started = true;
            if (buffer[offset] == '\uFEFF') {
                System.arraycopy(buffer, offset + 1, buffer, offset, count - 1);
                count--;
                if (count == 0) {
                    return read(buffer, offset, length);
                }
            }
        }
        for (int i = offset; i < offset + count; i++) {
            line = buffer[i] == '\n' ? 0 : line + 1;
            if (line > MAX_LINE) {
                throw new GtfsException(table + " has a line of more than " + MAX_LINE + " characters.");
            }
        }
        read += Math.max(0, count);
        if (read > limit) {
            throw new GtfsException(table + " unpacks to more than " + limit + " characters, which its packed size or "
                    + "the import limit does not allow.");
        }
        return count;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public long skip(long n) throws IOException {
        return Reader.nullReader().skip(n);
    }
}
