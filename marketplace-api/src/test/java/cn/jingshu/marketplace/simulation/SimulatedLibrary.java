package cn.jingshu.marketplace.simulation;

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
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.StreamItem;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/** A product that answers when, and as, a simulation says; no two of its answers to an order are alike. */
final class SimulatedLibrary implements DataProduct {
    /** How one call is answered. */
    interface Mood {
        /** Answers with what {@code answer} gives, at once or after a while, or refuses, or fails. */
        <A extends Message> CompletionStage<Answer<A>> answer(CallFacts facts, Supplier<Answer<A>> answer);

        /** Books as they come back. */
        Flow.Publisher<StreamItem<Book>> watch(CallFacts facts);
    }

    private final Mood mood;
    private long answered;

    SimulatedLibrary(Mood mood) {
        this.mood = mood;
    }

    @Override
    public ServiceDescriptor contract() {
        return LibraryProto.getDescriptor().findServiceByName("LibraryService");
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                new Operation.Unary<>("GetBook", GetBookRequest.getDefaultInstance(), this::getBook),
                new Operation.Unary<>("ListBooks", ListBooksRequest.getDefaultInstance(),
                        this::listBooks),
                new Operation.Unary<>("OrderBooks", OrderBooksRequest.getDefaultInstance(), this::orderBooks),
                new Operation.Unary<>("ReadBook", GetBookRequest.getDefaultInstance(),
                        this::readBook),
                new Operation.Unary<>("ListLoans", ListLoansRequest.getDefaultInstance(),
                        (facts, _) -> mood.answer(facts, () -> Answer.of(ListBooksResponse.getDefaultInstance()))),
                new Operation.Streaming<>("WatchReturns", WatchReturnsRequest.getDefaultInstance(), (facts, _, _) -> mood.watch(facts)));
    }

    /** As many rows as are asked for. */
    private CompletionStage<Answer<ListBooksResponse>> listBooks(CallFacts facts, ListBooksRequest request) {
        return mood.answer(facts, () -> {
            ListBooksResponse.Builder books = ListBooksResponse.newBuilder();
            for (int i = 0; i < request.getPageSize(); i++) {
                books.addBooks(Book.newBuilder().setBookId("book " + i));
            }
            return new Answer.Found<>(books.build(), request.getPageSize(), true, false, null);
        });
    }

    /** Some kilobytes, always the same for one book. */
    private CompletionStage<Answer<Text>> readBook(CallFacts facts, GetBookRequest request) {
        int bytes = Math.floorMod(request.getBookId().hashCode(), 11_000);
        return mood.answer(facts, () -> Answer.of(Text.newBuilder().setText("x".repeat(bytes)).build()));
    }

    private CompletionStage<Answer<Book>> getBook(CallFacts facts, GetBookRequest request) {
        return mood.answer(facts, () -> request.getBookId().startsWith("absent")
                ? new Answer.Found<>(Book.getDefaultInstance(), 0, false, false, null)
                : Answer.of(Book.newBuilder().setBookId(request.getBookId()).build()));
    }

    private CompletionStage<Answer<OrderBooksResponse>> orderBooks(CallFacts facts, OrderBooksRequest request) {
        return mood.answer(facts, () -> Answer.of(OrderBooksResponse.newBuilder()
                .setOrderId(String.join("+", request.getTitlesList()) + "#" + ++answered)
                .build()));
    }
}
