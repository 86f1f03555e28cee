package cn.jingshu.products.domain.load;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;

/** Text read from bytes: counts them, passes over a byte order mark, and says so when the bytes are not of the encoding. */
final class BoundedText implements AutoCloseable {
    private static final int MARK = 0xFEFF;

    private final Counted counted;
    private final Reader reader;
    private final String name;
    private final TextEncoding encoding;
    private boolean begun;
    private long line = 1;

    BoundedText(InputStream in, TextEncoding encoding, String name) {
        this.counted = new Counted(in);
        this.encoding = encoding;
        this.name = name;
        this.reader = new BufferedReader(new InputStreamReader(counted, encoding.charset().newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)), 1 << 15);
    }

    /** The next character; -1: there is none. */
    int read() throws IOException {
        try {
            int character = reader.read();
            if (!begun) {
                begun = true;
                if (character == MARK) {
                    character = reader.read();
                }
            }
            if (character == '\n') {
                line++;
            }
            if (character == 0) {
                throw new UnfitSourceException("文件 " + name + " 第 " + line + " 行含零字符。",
                        "The file " + name + " holds the character zero in line " + line + ".");
            }
            return character;
        } catch (CharacterCodingException wrong) {
            throw new UnfitSourceException("文件 " + name + " 第 " + line + " 行附近不是 " + encoding.charset() + " 编码。",
                    "The file " + name + " is not encoded as " + encoding.charset() + " near line " + line
                            + ": state its encoding, or save it as UTF-8.");
        }
    }

    /** The line the next character stands in, from 1. */
    long line() {
        return line;
    }

    long bytes() {
        return counted.bytes;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private static final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            bytes += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int read = super.read(into, from, length);
            bytes += Math.max(read, 0);
            return read;
        }
    }
}
