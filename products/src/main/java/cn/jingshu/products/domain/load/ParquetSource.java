package cn.jingshu.products.domain.load;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records of a flat Parquet file, uncompressed or compressed with Snappy or GZIP. */
public final class ParquetSource implements RecordSource {
    private static final Set<CompressionCodec> READ =
            Set.of(CompressionCodec.UNCOMPRESSED, CompressionCodec.SNAPPY, CompressionCodec.GZIP);

    private static final long MOST_ROWS = 200_000_000;
    private static final long MOST_CHUNK_BYTES = 1L << 30;

    private final ParquetFileReader file;
    private final RowReader rows;
    private final List<String> columns;
    private final String name;
    private final long size;
    private final long total;
    private long records;

    private ParquetSource(ParquetFileReader file, String name, long size) {
        this.file = file;
        this.name = name;
        this.size = size;
        FileMetaData metadata = file.getFileMetaData();
        if (!file.getFileSchema().isFlatSchema()) {
            throw new UnfitSourceException("Parquet 文件 " + name + " 含嵌套列,无法入表。",
                    "The Parquet file " + name + " has nested columns, which no table of the domain has.");
        }
        metadata.rowGroups().stream().flatMap(group -> group.columns().stream()).map(chunk -> chunk.metaData().codec())
                .filter(codec -> !READ.contains(codec)).findFirst().ifPresent(codec -> {
                    throw new UnfitSourceException("Parquet 文件 " + name + " 使用 " + codec + " 压缩,请改用 Snappy 或 GZIP。",
                            "The Parquet file " + name + " is compressed with " + codec + ": write it with Snappy or GZIP.");
                });
        this.total = metadata.numRows();
        requireConsistent(metadata, name);
        this.columns = file.getFileSchema().getColumns().stream().map(each -> each.name()).toList();
        this.rows = file.rowReader();
    }

    /** A damaged or hostile footer may promise any number of rows: its parts have to agree, and nothing to be larger than it may. */
    private static void requireConsistent(FileMetaData metadata, String name) {
        long rows = 0;
        for (RowGroup group : metadata.rowGroups()) {
            rows += group.numRows();
            boolean agrees = group.numRows() >= 0 && group.columns().stream().map(ColumnChunk::metaData).allMatch(chunk ->
                    chunk.numValues() == group.numRows() && chunk.totalUncompressedSize() >= 0 && chunk.totalUncompressedSize() <= MOST_CHUNK_BYTES);
            if (!agrees) {
                throw unfit(name);
            }
        }
        if (rows != metadata.numRows() || rows > MOST_ROWS) {
            throw unfit(name);
        }
    }

    /** A file that can be opened again. */
    public static Opening of(SourceFile source) {
        return new Opening() {
            @Override
            public String description() {
                return "file " + source.name() + " (Parquet)";
            }

            @Override
            public String digest() {
                return source.sha256();
            }

            @Override
            public RecordSource from(String position) throws IOException {
                ParquetFileReader file = null;
                boolean done = false;
                try {
                    file = ParquetFileReader.open(InputFile.of(source.path()));
                    ParquetSource opened = new ParquetSource(file, source.name(), source.size());
                    for (long skip = CsvSource.skip(position); skip > 0; skip--) {
                        opened.next();
                    }
                    done = true;
                    return opened;
                } catch (UnfitSourceException said) {
                    throw said;
                } catch (RuntimeException | IOException | OutOfMemoryError broken) {
                    // The reader asks for the arrays a damaged file says it needs; the one that is too large was never made.
                    throw unfit(source.name());
                } finally {
                    if (!done && file != null) {
                        file.close();
                    }
                }
            }
        };
    }

    private static UnfitSourceException unfit(String name) {
        return new UnfitSourceException("文件 " + name + " 不是有效的 Parquet 文件,或已损坏。",
                "The file " + name + " is no Parquet file, or damaged.");
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public @Nullable SourceRecord next() {
        try {
            if (!rows.hasNext()) {
                return null;
            }
            rows.next();
            if (++records > total) {
                throw new IllegalStateException("more rows than the footer says");
            }
            Map<String, @Nullable String> values = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                values.put(columns.get(i), rows.isNull(i) ? null : text(rows.getValue(i)));
            }
            return new SourceRecord(records, values, null);
        } catch (RuntimeException | OutOfMemoryError broken) {
            // The reader's own sentence may repeat a value.
            throw unfit(name);
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case BigDecimal decimal -> decimal.toPlainString();
            case Double number -> BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
            case Float number -> new BigDecimal(Float.toString(number)).stripTrailingZeros().toPlainString();
            case byte[] bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
            default -> value.toString();
        };
    }

    @Override
    public long bytesRead() {
        return total == 0 ? size : size * records / total;
    }

    @Override
    public long bytesTotal() {
        return size;
    }

    @Override
    public String position() {
        return Long.toString(records);
    }

    @Override
    public void close() throws IOException {
        rows.close();
        file.close();
    }
}
