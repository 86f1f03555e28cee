package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.edge.Problem;
import cn.jingshu.marketplace.edge.RequestIds;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.store.DatabaseException;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns refusals and failures of the management API into problems; pages answer for themselves. */
@Controller("/api")
final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    @Error(global = true)
    HttpResponse<byte[]> refused(HttpRequest<?> request, ManagementProblem problem) {
        String requestId = RequestIds.accept(request.getHeaders().get("X-Request-Id"));
        return answer(new Problem(problem.refusal(), problem.zh(), problem.en(), request.getPath(), requestId, List.of()));
    }

    @Error(global = true)
    HttpResponse<byte[]> databaseAway(HttpRequest<?> request, DatabaseException failure) {
        String requestId = RequestIds.accept(request.getHeaders().get("X-Request-Id"));
        LOG.error("database failed (request {})", requestId, failure);
        return answer(Problem.of(Refusal.STORE_UNAVAILABLE, request.getPath(), requestId));
    }

    private static HttpResponse<byte[]> answer(Problem problem) {
        return HttpResponse.status(HttpStatus.valueOf(problem.refusal().httpStatus()))
                .contentType(MediaType.of(Problem.CONTENT_TYPE))
                .header("X-Request-Id", problem.requestId())
                .header("Cache-Control", "no-store")
                .body(problem.toJson());
    }
}
