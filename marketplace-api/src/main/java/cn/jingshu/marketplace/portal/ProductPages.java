package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.management.Problems;
import cn.jingshu.marketplace.visitor.AddressLimits;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.OpenApiDocument;
import cn.jingshu.products.contract.OpenApiDocument.Dialect;
import cn.jingshu.products.contract.ProtoFiles;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A product's page, its contract in three forms, and the form that tries it. */
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ProductPages {
    /** Keeps the visitor's test key between two tries, in the browser alone; it can neither be billed nor see live data. */
    private static final String KEY_COOKIE = "jingshu_try";
    private static final Duration KEY_KEPT_FOR = Duration.ofHours(1);

    private final PageFrame frame;
    private final Pages pages;
    private final ProductFacts products;
    private final Contracts contracts;
    private final ManagementDocument management;
    private final TryIt tryIt;
    private final ClientLimits limits;
    private final Clock clock;

    ProductPages(
            PageFrame frame,
            Pages pages,
            ProductFacts products,
            Contracts contracts,
            ManagementDocument management,
            TryIt tryIt,
            ClientLimits limits,
            Clock clock) {
        this.frame = frame;
        this.pages = pages;
        this.products = products;
        this.contracts = contracts;
        this.management = management;
        this.tryIt = tryIt;
        this.limits = limits;
        this.clock = clock;
    }

    @Get("/products/{code}")
    HttpResponse<String> product(HttpRequest<?> request, String code, @Nullable @QueryValue String operation) {
        ProductFacts.Offered offered = products.getOffered(code);
        Optional<ContractMethod> method = TryIt.findMethod(offered.contract(), operation);
        return show(request, offered, method.map(each -> TryIt.view(offered.contract(), each, TryIt.fresh(each),
                shown(keptKey(request)), null)).orElse(null));
    }

    private MutableHttpResponse<String> show(
            HttpRequest<?> request, ProductFacts.Offered offered, ProductView.@Nullable TryIt form) {
        Contract contract = offered.contract();
        ProductView view = new ProductView(products.card(offered), products.shortfalls(contract), products.outgoing(contract.code()), offered.entry().registration().registrationCode(),
                products.resources(offered.entry()), Reading.known(products.prices(offered), clock.instant()),
                ProductFacts.operations(contract), contract.code().equals(TransitDisplay.PRODUCT) ? Links.MAP : null, form,
                products.firstCall(request, contract, FirstCall.PLACEHOLDER));
        return frame.show(request, page -> pages.product(page, view));
    }

    @Post("/products/{code}/try")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    HttpResponse<String> tryProduct(HttpRequest<?> request, String code, @Nullable @Body Map<String, Object> body) {
        Posted posted = frame.posted(request, body);
        limits.pass(request, AddressLimits.Door.MAP);
        ProductFacts.Offered offered = products.getOffered(code);
        ContractMethod method = TryIt.methods(offered.contract()).stream()
                .filter(each -> each.name().equals(posted.text("operation")))
                .findFirst()
                .orElseThrow(PageRefused::noSuchPage);
        String given = posted.text("key");
        String key = given.isEmpty() ? keptKey(request) : given;
        Optional<Bilingual> fault = TryIt.faultOf(key);
        if (fault.isPresent()) {
            Form form = new Form(posted.shown(), Map.of("key", fault.get()));
            return show(request, offered, TryIt.view(offered.contract(), method, form, shown(keptKey(request)), null));
        }
        ProductView.TryAnswer answer = tryIt.call(method, posted, key, Problems.requestIdOf(request));
        return show(request, offered, TryIt.view(offered.contract(), method, new Form(posted.shown(), Map.of()),
                        shown(key), answer))
                .cookie(frame.cookie(KEY_COOKIE, key).path("/products/").maxAge(KEY_KEPT_FOR));
    }

    private static String keptKey(HttpRequest<?> request) {
        return request.getCookies().findCookie(KEY_COOKIE).map(Cookie::getValue)
                .filter(key -> TryIt.faultOf(key).isEmpty())
                .orElse("");
    }

    private static String shown(String key) {
        return key.isEmpty() ? "" : "js_test_…" + key.substring(key.length() - 4);
    }

    /** The contract as gRPC users compile it: its own file, the options it imports before it. */
    @Get("/products/{code}/contract.proto")
    @Produces("text/plain; charset=utf-8")
    HttpResponse<String> proto(String code, @Nullable @QueryValue String file) {
        Contract contract = products.getOffered(code).contract();
        String name = file == null ? contract.file().getName() : file;
        String text = ProtoFiles.read(contract, name).orElseThrow(PageRefused::noSuchPage);
        String plain = name.substring(name.lastIndexOf('/') + 1);
        return HttpResponse.ok(text).contentType("text/plain; charset=utf-8").header("Content-Disposition", "attachment; filename=\"" + plain + "\"");
    }

    @Get("/products/{code}/openapi")
    HttpResponse<String> openApiPage(HttpRequest<?> request, String code) {
        Contract contract = products.getOffered(code).contract();
        OpenApiView view = new OpenApiView(code, new Bilingual(contract.nameZh(), contract.nameEn()));
        return frame.show(request, page -> pages.openApi(page, view));
    }

    @Get("/products/{code}/openapi.json")
    @Produces(MediaType.APPLICATION_JSON)
    HttpResponse<String> openApi(HttpRequest<?> request, String code) {
        Contract contract = products.getOffered(code).contract();
        return document(request, Contracts.described(List.of(contract.service())), Dialect.V3_1);
    }

    @Get(Links.OPENAPI)
    @Produces(MediaType.APPLICATION_JSON)
    HttpResponse<String> openApiOfAll(HttpRequest<?> request) {
        return document(request, contracts, Dialect.V3_1);
    }

    @Get(Links.OPENAPI_3_0)
    @Produces(MediaType.APPLICATION_JSON)
    HttpResponse<String> openApiForGenerators(HttpRequest<?> request) {
        return document(request, contracts, Dialect.V3_0);
    }

    /** The document of the management API as it was published, with the address it was asked at. */
    @Get(Links.OPENAPI_MANAGEMENT)
    @Produces(MediaType.APPLICATION_JSON)
    HttpResponse<byte[]> openApiOfManagement(HttpRequest<?> request) {
        String server = frame.baseUrl(request);
        String tag = management.tagAt(server);
        String known = request.getHeaders().get("If-None-Match");
        MutableHttpResponse<byte[]> answer = known != null && known.contains(tag)
                ? HttpResponse.notModified()
                : HttpResponse.ok(management.at(server)).contentType(MediaType.APPLICATION_JSON_TYPE);
        return answer.header("ETag", tag).header("Cache-Control", "no-cache").header("Vary", "Host");
    }

    private HttpResponse<String> document(HttpRequest<?> request, Contracts described, Dialect dialect) {
        return document(OpenApiDocument.render(described, dialect, frame.baseUrl(request)));
    }

    private static HttpResponse<String> document(String text) {
        return HttpResponse.ok(text)
                .contentType(MediaType.APPLICATION_JSON_TYPE)
                .header("Cache-Control", "no-cache")
                .header("Vary", "Host");
    }
}
