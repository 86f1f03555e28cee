package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.marketplace.edge.CallResult;
import cn.jingshu.marketplace.gate.LimitFacts;
import cn.jingshu.marketplace.gate.Refusal;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A refusal as gRPC tells it: a status with {@code google.rpc} details. */
final class GrpcRefusals {
    private static final String DOMAIN = "jingshu.cn";

    private GrpcRefusals() {}

    /** A refusal of the edge itself, about which nothing more is known than its own sentence. */
    static StatusRuntimeException exception(Refusal refusal, String requestId, Metadata trailers) {
        return exception(new CallResult.Refused<Void>(refusal, refusal.zh(), refusal.en(), List.of(), null, null, null),
                requestId, trailers);
    }

    /** As above, for who writes it without gRPC. */
    static com.google.rpc.Status status(Refusal refusal, String requestId) {
        return status(new CallResult.Refused<Void>(refusal, refusal.zh(), refusal.en(), List.of(), null, null, null), requestId);
    }

    static StatusRuntimeException exception(CallResult.Refused<?> refused, String requestId, Metadata trailers) {
        return StatusProto.toStatusRuntimeException(status(refused, requestId), trailers);
    }

    private static com.google.rpc.Status status(CallResult.Refused<?> refused, String requestId) {
        Refusal refusal = refused.refusal();
        ErrorInfo.Builder info = ErrorInfo.newBuilder()
                .setReason(refusal.code())
                .setDomain(DOMAIN)
                .putMetadata("requestId", requestId)
                .putMetadata("httpStatus", Integer.toString(refusal.httpStatus()));
        @Nullable String basis = refusal.legalBasis();
        if (basis != null) {
            info.putMetadata("legalBasis", basis);
        }
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.valueOf(refusal.grpcStatus()).value())
                .setMessage(refused.en())
                .addDetails(Any.pack(info.build()))
                .addDetails(Any.pack(LocalizedMessage.newBuilder().setLocale("zh-CN").setMessage(refused.zh()).build()))
                .addDetails(Any.pack(LocalizedMessage.newBuilder().setLocale("en").setMessage(refused.en()).build()));
        if (!refused.violations().isEmpty()) {
            BadRequest.Builder bad = BadRequest.newBuilder();
            refused.violations().forEach(violation -> bad.addFieldViolations(BadRequest.FieldViolation.newBuilder()
                    .setField(violation.field())
                    .setDescription(violation.en())
                    .setLocalizedMessage(LocalizedMessage.newBuilder().setLocale("zh-CN").setMessage(violation.zh()))));
            status.addDetails(Any.pack(bad.build()));
        }
        LimitFacts limits = refused.limits();
        if (limits != null) {
            limits.violatedIn(refusal).ifPresent(limit -> status.addDetails(Any.pack(QuotaFailure.newBuilder()
                    .addViolations(QuotaFailure.Violation.newBuilder()
                            .setSubject("subscription:" + limit.kind().policy())
                            .setQuotaId(limit.kind().policy())
                            .setQuotaValue(limit.quota())
                            .setDescription(refused.en()))
                    .build())));
        }
        java.time.Duration after = refused.retryAfter();
        if (after != null) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(after.toSeconds()).setNanos(after.toNanosPart()))
                    .build()));
        }
        return status.build();
    }
}
