package cn.jingshu.products.transit.gtfs;

/**
 * How much an archive may hold before it is refused, so a damaged or malicious one cannot fill the memory.
 *
 * @param tableBytes unpacked size of one table
 * @param rows rows of one table
 * @param expansion how many times its packed size a table may unpack to, beyond the first megabyte
 */
public record ImportLimits(long tableBytes, int rows, int expansion) {
    /** Far above the largest city network known, and within half a gigabyte of memory. */
    public static final ImportLimits DEFAULT = new ImportLimits(400_000_000, 3_000_000, 150);
}
