package cn.jingshu.marketplace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.library.LibraryProduct;
import cn.jingshu.marketplace.library.v1.Book;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A tag names one answer to one request, and nobody makes it who was not given it. */
class WrittenAnswersTest {
    private static final String PATH = "/v1/library/books/b1";
    private static final ContractMethod METHOD = Contracts.of(List.of(new LibraryProduct()))
            .findMethod("jingshu.library.v1.LibraryService/GetBook").orElseThrow();

    private final WrittenAnswers answers = new WrittenAnswers(pepper(1));

    private static Pepper pepper(int seed) {
        byte[] secret = new byte[Pepper.MIN_BYTES];
        Arrays.fill(secret, (byte) seed);
        return new Pepper(secret);
    }

    private static Book book(String title) {
        return Book.newBuilder().setTitle(title).build();
    }

    private static String tagOf(WrittenAnswers answers, Book book, String path, String query, boolean sandbox) {
        return answers.of(METHOD, book, path, query, sandbox).etag();
    }

    @Test
    void theSameAnswerToTheSameRequestHasTheSameTagOnEveryNode() {
        String tag = tagOf(answers, book("a"), PATH, "", false);
        assertThat(tag).matches("\"[A-Za-z0-9_-]{16}\"");
        assertThat(tagOf(answers, book("a"), PATH, "", false)).isEqualTo(tag);
        assertThat(tagOf(new WrittenAnswers(pepper(1)), book("a"), PATH, "", false)).isEqualTo(tag);
    }

    @Test
    void anotherBodyRequestOrPepperHasAnotherAndSoHasTheSandbox() throws Exception {
        Book book = book("a");
        byte[] body = answers.of(METHOD, book, PATH, "", false).payload().bytes();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
        List<String> tags = List.of(
                tagOf(answers, book, PATH, "", false),
                tagOf(answers, book("b"), PATH, "", false),
                tagOf(answers, book, "/v1/library/books/b2", "", false), // the very same object, as a product may give it
                tagOf(answers, book, PATH, "x=1", false),
                tagOf(answers, book, PATH, "", true),
                tagOf(new WrittenAnswers(pepper(2)), book, PATH, "", false),
                "\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 12)) + "\"");
        assertThat(tags).doesNotHaveDuplicates();
        assertThat(tagOf(answers, book, PATH, "", false)).as("after all the others").isEqualTo(tags.getFirst());
    }

    @Test
    void oneMessageIsWrittenOnce() {
        Book book = book("a");
        WrittenAnswers.Written first = answers.of(METHOD, book, PATH, "", false);
        assertThat(answers.of(METHOD, book, PATH, "", false)).isSameAs(first);
        assertThat(answers.of(METHOD, book, PATH, "x=1", false).payload()).isSameAs(first.payload());
    }

    private static boolean isUnchanged(String name, String value) {
        HttpHeaders sent = new DefaultHttpHeaders().add(name, value);
        return Validators.isUnchanged(sent, "\"t\"", Instant.parse("2027-01-01T00:00:00.5Z"));
    }

    @Test
    void onlyWhoNamesTheTagHoldsTheAnswer() {
        for (String held : List.of("\"t\"", "W/\"t\"", "\"s\" , \"t\"", "*, \"t\"")) {
            assertThat(isUnchanged("If-None-Match", held)).as(held).isTrue();
        }
        for (String guessed : List.of("*", "\"*\"", "t", "\"s\", *")) {
            assertThat(isUnchanged("If-None-Match", guessed)).as(guessed).isFalse();
        }
        assertThat(isUnchanged("If-Modified-Since", "Fri, 01 Jan 2027 00:00:00 GMT")).isTrue();
        assertThat(isUnchanged("If-Modified-Since", "Thu, 31 Dec 2026 23:59:59 GMT")).isFalse();
        assertThat(isUnchanged("If-Modified-Since", "soon")).isFalse();
    }
}
