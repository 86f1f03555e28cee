package cn.jingshu.marketplace.library;

import cn.jingshu.marketplace.library.v1.Book;
import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.library.v1.LibraryProto;
import cn.jingshu.marketplace.library.v1.ListBooksRequest;
import cn.jingshu.marketplace.library.v1.ListBooksResponse;
import cn.jingshu.marketplace.library.v1.ListLoansRequest;
import cn.jingshu.marketplace.library.v1.OrderBooksRequest;
import cn.jingshu.marketplace.library.v1.OrderBooksResponse;
import cn.jingshu.marketplace.library.v1.Text;
import cn.jingshu.marketplace.library.v1.WatchReturnsRequest;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.StreamItem;
import cn.jingshu.products.spi.StreamRefusal;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers in every way a product can; the book asked for says how. */
@Singleton
public final class LibraryProduct implements DataProduct {
    /** How long the book {@code slow} takes. */
    public static final int SLOW_MILLIS = 700;

    private static final Executor LATER = CompletableFuture.delayedExecutor(SLOW_MILLIS, TimeUnit.MILLISECONDS);

    private final AtomicInteger slowAsked = new AtomicInteger();
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private final AtomicInteger returned = new AtomicInteger();
    private final AtomicInteger still = new AtomicInteger();
    private volatile CallerRef streamCaller = CallerRef.MARKET;

    /** Who opened the last stream. */
    public CallerRef streamCaller() {
        return streamCaller;
    }

    /** How many slow answers were asked of it so far: that many calls have been admitted. */
    public int slowAsked() {
        return slowAsked.get();
    }

    /** How many calls ask for the book {@code held} and wait for {@link #letGo}. */
    public int held() {
        return held.size();
    }

    /** Answers everyone who waits for the book {@code held}. */
    public void letGo() {
        for (Runnable answer = held.poll(); answer != null; answer = held.poll()) {
            answer.run();
        }
    }

    /** How many books all streams have given away so far. */
    public int returned() {
        return returned.get();
    }

    /** How many streams are open of which nothing comes, by {@code Last-Event-ID: still}. */
    public int still() {
        return still.get();
    }

    @Override
    public ServiceDescriptor contract() {
        return LibraryProto.getDescriptor().findServiceByName("LibraryService");
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                new Operation.Unary<>("GetBook", GetBookRequest.getDefaultInstance(), this::getBook),
                new Operation.Unary<>("ListBooks", ListBooksRequest.getDefaultInstance(), LibraryProduct::listBooks),
                new Operation.Unary<>("OrderBooks", OrderBooksRequest.getDefaultInstance(), LibraryProduct::orderBooks),
                new Operation.Unary<>("ReadBook", GetBookRequest.getDefaultInstance(), LibraryProduct::readBook),
                new Operation.Unary<>("ListLoans", ListLoansRequest.getDefaultInstance(), LibraryProduct::listLoans),
                new Operation.Streaming<>(
                        "WatchReturns", WatchReturnsRequest.getDefaultInstance(), this::watchReturns));
    }

    private CompletionStage<Answer<Book>> getBook(CallFacts facts, GetBookRequest request) {
        Book book = book(request.getBookId());
        return switch (request.getBookId()) {
            case "absent" -> answered(new Answer.Found<>(Book.getDefaultInstance(), 0, false, false, null));
            case "missing" -> answered(Answer.notFound("没有这本书", "there is no such book"));
            case "away" -> answered(new Answer.Refused<>(
                    Answer.Fault.SOURCE_UNAVAILABLE, "书库已关闭", "the stacks are closed", List.of()));
            case "lent" -> answered(Answer.limitReached("今日借阅已达上限", "enough was borrowed today", Duration.ofSeconds(90)));
            case "chained" -> answered(Answer.limitReached("该书不外借", "this book is never lent", null));
            case "mine" -> answered(Answer.of(book.toBuilder().setTitle(facts.caller().text()).build()));
            case "torn" -> answered(Answer.invalid("bookId", "书号有误", "the book id is wrong"));
            case "broken" -> throw new OnPurpose();
            case "failing" -> CompletableFuture.failedStage(new OnPurpose());
            case "thick" -> answered(Answer.of(book.toBuilder().setTitle("t".repeat(10_000)).build()));
            case "held" -> {
                CompletableFuture<Answer<Book>> answer = new CompletableFuture<>();
                held.add(() -> answer.complete(Answer.of(book)));
                yield answer;
            }
            case "never" -> new CompletableFuture<>();
            case "slow" -> {
                slowAsked.incrementAndGet();
                yield CompletableFuture.supplyAsync(() -> Answer.of(book), LATER);
            }
            default -> answered(Answer.of(book));
        };
    }

    private static CompletionStage<Answer<ListBooksResponse>> listBooks(CallFacts facts, ListBooksRequest request) {
        ListBooksResponse.Builder books = ListBooksResponse.newBuilder();
        for (int i = 1; i <= request.getPageSize(); i++) {
            books.addBooks(book("b" + i));
        }
        return answered(Answer.of(books.build(), books.getBooksCount()));
    }

    private static CompletionStage<Answer<OrderBooksResponse>> orderBooks(CallFacts facts, OrderBooksRequest request) {
        return answered(Answer.of(OrderBooksResponse.newBuilder()
                .setOrderId(String.join("+", request.getTitlesList()))
                .build()));
    }

    private static CompletionStage<Answer<Text>> readBook(CallFacts facts, GetBookRequest request) {
        // An encyclopaedia is larger than any answer of a contract that sets no limit of its own, and an atlas almost.
        int length = switch (request.getBookId()) {
            case "encyclopaedia" -> ContractMethod.DEFAULT_MAX_ANSWER_BYTES / 3 + 1;
            case "atlas" -> ContractMethod.DEFAULT_MAX_ANSWER_BYTES / 3 - 100;
            default -> 1_000;
        };
        return answered(Answer.of(Text.newBuilder().setText("字".repeat(length)).build()));
    }

    private static CompletionStage<Answer<ListBooksResponse>> listLoans(CallFacts facts, ListLoansRequest request) {
        return answered(Answer.of(ListBooksResponse.getDefaultInstance(), 0));
    }

    private Flow.Publisher<StreamItem<Book>> watchReturns(
            CallFacts facts, WatchReturnsRequest request, String lastEventId) {
        if (lastEventId.equals("enough")) {
            return refusing(Answer.<Book>limitReached("今日还书通知已达上限", "enough was watched today", Duration.ofSeconds(90)));
        }
        if (lastEventId.startsWith("still")) {
            still.incrementAndGet();
            return open(() -> {
                still.decrementAndGet();
                if (lastEventId.endsWith("stuck")) {
                    throw new OnPurpose();
                }
            });
        }
        streamCaller = facts.caller();
        boolean stuck = lastEventId.equals("stuck");
        int first = lastEventId.isEmpty() || stuck ? 1 : Integer.parseInt(lastEventId) + 1;
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private int next = first;
            private boolean ended;

            @Override
            public void request(long demand) {
                for (long i = 0; i < demand && !ended; i++) {
                    if (next > request.getBooks()) {
                        ended = true;
                        subscriber.onComplete();
                        return;
                    }
                    int number = next++;
                    Book book = book("b" + number);
                    returned.incrementAndGet();
                    subscriber.onNext(new StreamItem<>(Integer.toString(number), request.getTitleLength() == 0
                            ? book
                            : book.toBuilder().setTitle("t".repeat(request.getTitleLength())).build()));
                }
            }

            @Override
            public void cancel() {
                ended = true;
                if (stuck) {
                    throw new OnPurpose();
                }
            }
        });
    }

    /** A stream of which nothing comes until it is let go. */
    private static Flow.Publisher<StreamItem<Book>> open(Runnable cancelled) {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long demand) {
                // nothing will come
            }

            @Override
            public void cancel() {
                cancelled.run();
            }
        });
    }

    private static Flow.Publisher<StreamItem<Book>> refusing(Answer<Book> answer) {
        return subscriber -> {
            LibraryProduct.open(() -> {}).subscribe(subscriber);
            subscriber.onError(new StreamRefusal((Answer.Refused<Book>) answer));
        };
    }

    private static Book book(String id) {
        return Book.newBuilder().setBookId(id).setTitle("Title of " + id).build();
    }

    private static <A extends Message> CompletionStage<Answer<A>> answered(Answer<A> answer) {
        return CompletableFuture.completedStage(answer);
    }

    /** A failure without a trace: it is meant, so nobody has to look for it. */
    private static final class OnPurpose extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private OnPurpose() {
            super("this product fails on purpose", null, false, false);
        }
    }
}
