package cn.jingshu.ledger.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Table;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An archive is read in the one form in which bundles are written, and a table likewise. */
class BundleArchiveTest {
    private static final int END = 22;

    @TempDir
    private Path folder;

    private BundleArchive open(byte[] bytes) throws IOException {
        return BundleArchive.open(Files.write(folder.resolve("archive.zip"), bytes));
    }

    @Test
    void whatWasPackedIsReadBack() throws IOException {
        KeptBundle kept = KeptBundle.read();
        try (BundleArchive archive = open(KeptBundle.original())) {
            assertThat(archive.names()).hasSize(18).startsWith("accounts.csv", "periods.csv").endsWith("charges.csv", Manifest.NAME);
            for (String name : kept.files().keySet()) {
                try (InputStream in = archive.read(name)) {
                    assertThat(in.readAllBytes()).as(name).isEqualTo(kept.files().get(name));
                }
                try (InputStream in = archive.read(name)) {
                    assertThat(in.read()).as(name).isEqualTo(Objects.requireNonNull(kept.files().get(name))[0] & 0xFF);
                }
            }
            try (InputStream in = archive.read(Manifest.NAME)) {
                assertThat(in.read()).isEqualTo('j');
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).startsWith("ingshu bundle 1\n");
                assertThat(in.read()).isEqualTo(-1);
            }
            assertThat(archive.bytesBefore("accounts.csv")).isZero();
            assertThatIllegalArgumentException().isThrownBy(() -> archive.read("other.csv")).withMessageContaining("other.csv");
            assertThatIllegalArgumentException().isThrownBy(() -> archive.bytesBefore("other.csv"));
            assertThat(archive.sha256OfFirst(0)).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        }
    }

    /** Where the directory begins, as the archive's end says. */
    private static int directory(byte[] archive) {
        return ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).getInt(archive.length - END + 16);
    }

    /** Two programs must not see two archives in the same bytes: what follows from the files is exactly that. */
    @Test
    void noByteOfTheDirectoryOrOfAHeaderIsFree() throws IOException {
        byte[] whole = KeptBundle.original();
        int header = 30 + "accounts.csv".length();
        for (int at = 0; at < whole.length; at = at == header - 1 ? directory(whole) : at + 1) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> open(changed)).as("byte %d", at).isInstanceOf(BundleRefusedException.class)
                    .hasMessageStartingWith("not a bundle of this form: it lacks ");
        }
    }

    @Test
    void anArchiveThatIsCutOrHasMoreIsRefused() throws IOException {
        byte[] whole = KeptBundle.original();
        refused("the length of an archive", new byte[END - 1]);
        refused("the end of the archive", new byte[END]);
        for (int cut : List.of(1, END, whole.length - directory(whole))) {
            refused("the end of the archive", java.util.Arrays.copyOf(whole, whole.length - cut));
        }
        byte[] longer = java.util.Arrays.copyOf(whole, whole.length + 1);
        refused("the end of the archive", longer);
        byte[] shifted = new byte[whole.length + 1];
        System.arraycopy(whole, 0, shifted, 1, whole.length);
        refused("the end of the archive", shifted);
        // The end alone, of an archive without files.
        byte[] empty = java.util.Arrays.copyOfRange(whole, whole.length - END, whole.length);
        java.util.Arrays.fill(empty, 8, 20, (byte) 0);
        refused("a directory of 1 to 201 files", empty);
    }

    private void refused(String because, byte[] archive) {
        assertThatThrownBy(() -> open(archive)).isInstanceOf(BundleRefusedException.class).hasMessageContaining(because);
    }

    private static byte[] replaced(byte[] bytes, String text, String by) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replace(text, by).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void namesLeadNowhereAndOccurOnce() throws IOException {
        refused("plain file names", replaced(KeptBundle.original(), "rates.csv", "../es.csv"));
        refused("names that occur once (entries.csv)", replaced(KeptBundle.original(), "periods.csv", "entries.csv"));
    }

    @Test
    void moreFilesThanABundleMayHaveAndABombAreRefused() throws IOException {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(many)) {
            for (int i = 0; i <= Manifest.MOST_FILES + 1; i++) {
                KeptBundle.stored(zip, "f" + i + ".csv", new byte[0]);
            }
        }
        refused("a directory of 1 to 201 files", many.toByteArray());
        byte[] bomb = Files.readAllBytes(KeptBundle.read().with("bomb.bin", new byte[5_000_000]).write(folder, List.of()));
        refused("an unpacked size within the bounds (bomb.bin)", bomb);
    }

    @Test
    void aFileWhoseBytesAreDamagedIsReadNotFurther() throws IOException {
        byte[] whole = KeptBundle.original();
        byte[] accounts = Objects.requireNonNull(KeptBundle.read().files().get("accounts.csv"));
        int header = 30 + "accounts.csv".length();
        int damaged = 0;
        for (int at = header; at < header + 200; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x55;
            try (BundleArchive archive = open(changed); InputStream in = archive.read("accounts.csv")) {
                byte[] read = in.readAllBytes();
                assertThat(read).as("read to its stated size, but something else").isNotEqualTo(accounts).hasSameSizeAs(accounts);
            } catch (IOException broken) {
                assertThat(broken).hasMessageContaining("accounts.csv");
                damaged++;
            }
        }
        assertThat(damaged).isGreaterThan(50);
    }

    private static TableReader reader(String text) throws IOException {
        return new TableReader(Table.KEY_SETS, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aRowIsReadAsItIsWritten() throws IOException {
        try (TableReader reader = reader("number,note\r\n1,plain\r\n2,\"a, \"\"b\"\"\r\nc\"\r\n,'=x\r\n")) {
            TableReader.Row first = Objects.requireNonNull(reader.next());
            assertThat(first.place()).isEqualTo("key-sets.csv:2");
            assertThat(first.whole("number")).isEqualTo(1);
            assertThat(first.cell("note")).isEqualTo("plain");
            assertThat(Objects.requireNonNull(reader.next()).required("note")).isEqualTo("a, \"b\"\r\nc");
            TableReader.Row third = Objects.requireNonNull(reader.next());
            assertThat(third.line()).isEqualTo(4);
            assertThat(third.text("number")).isNull();
            assertThat(third.text("note")).isEqualTo("=x");
            assertThatIllegalArgumentException().isThrownBy(() -> third.required("number")).withMessage("number is empty");
            assertThatIllegalArgumentException().isThrownBy(() -> third.whole("number"));
            assertThat(reader.next()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1,a\n", "1,a\r", "1,a\rb\r\n", "1,a", "1", "1,\"a", "1,\"a\"b\r\n", "1,a\"b\r\n", "1\r\n", "1,a,b\r\n", "\r\n", "1,\"a\"\n"})
    void anotherFormOfARowIsRefused(String row) throws IOException {
        try (TableReader reader = reader("number,note\r\n" + row)) {
            assertThatThrownBy(reader::next).isInstanceOf(IOException.class).hasMessageStartingWith("key-sets.csv:2: ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "number\r\n", "number,note\n", "note,number\r\n", "number,note,\r\n"})
    void aTableThatBeginsOtherwiseIsRefused(String text) {
        assertThatThrownBy(() -> reader(text)).isInstanceOf(IOException.class).hasMessageContaining("key-sets.csv");
    }

    @Test
    void aRowHasABound() throws IOException {
        String longest = "1," + "x".repeat((1 << 22) - 3) + "\r\n"; // with its comma and its end it reaches the bound
        try (TableReader reader = reader("number,note\r\n" + longest)) {
            assertThat(Objects.requireNonNull(reader.next()).cell("note")).hasSize((1 << 22) - 3);
        }
        try (TableReader reader = reader("number,note\r\n" + longest.replace("1,", "12,"))) {
            assertThatThrownBy(reader::next).hasMessageContaining("a row of more than " + (1 << 22) + " characters");
        }
    }
}
