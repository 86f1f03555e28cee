package cn.jingshu.products.claims;

import cn.jingshu.products.claims.v1.ClaimsProto;
import cn.jingshu.products.claims.v1.GetCaseRequest;
import cn.jingshu.products.claims.v1.ApproveReleaseRequest;
import cn.jingshu.products.claims.v1.AssignTaskRequest;
import cn.jingshu.products.claims.v1.CloseCaseRequest;
import cn.jingshu.products.claims.v1.CompleteTaskRequest;
import cn.jingshu.products.claims.v1.FindCluesRequest;
import cn.jingshu.products.claims.v1.GetEvidenceBundleRequest;
import cn.jingshu.products.claims.v1.GetEvidenceKeyRequest;
import cn.jingshu.products.claims.v1.GetRankingModelRequest;
import cn.jingshu.products.claims.v1.ListHospitalCluesRequest;
import cn.jingshu.products.claims.v1.OpenCaseRequest;
import cn.jingshu.products.claims.v1.RankProvidersRequest;
import cn.jingshu.products.claims.v1.RecordEvidenceRequest;
import cn.jingshu.products.claims.v1.ScreenClaimsRequest;
import cn.jingshu.products.domain.DataDomain;
import cn.jingshu.products.domain.DomainNeeds;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.spi.DataProduct;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.WatchedModel;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.nio.file.Path;
import java.util.List;

/** Claims investigation (理赔调查), product {@code claims}. */
public final class ClaimsProduct implements DataProduct {
    private final CaseOperations cases;
    private final FileOperations files;

    ClaimsProduct(DataDomain domain, ClaimsSettings settings) {
        ProductData data = domain.open(needs());
        String file = settings.evidenceKeyFile();
        EvidenceKey key = file == null || file.isBlank()
                ? EvidenceKey.derived(data.token("\u0000claims evidence key")) // no identifier begins so
                : EvidenceKey.read(Path.of(file.strip()));
        cases = new CaseOperations(data, key);
        files = new FileOperations(ProviderRanking.load());
    }

    /** What the product reads and keeps. */
    static DomainNeeds needs() {
        return new DomainNeeds("claims", 1, ClaimRecords.READS, "db/product/claims", new SyntheticStays(), ClaimsKept.ALL);
    }

    @Override
    public ServiceDescriptor contract() {
        return ClaimsProto.getDescriptor().findServiceByName("ClaimsService");
    }

    @Override
    public List<WatchedModel> watchedModels() {
        return List.of(files.watched());
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                new Operation.Unary<>("OpenCase", OpenCaseRequest.getDefaultInstance(), cases::open),
                new Operation.Unary<>("FindClues", FindCluesRequest.getDefaultInstance(), cases::findClues),
                new Operation.Unary<>("ApproveRelease", ApproveReleaseRequest.getDefaultInstance(), cases::approve),
                new Operation.Unary<>("ListHospitalClues", ListHospitalCluesRequest.getDefaultInstance(), cases::hospitalClues),
                new Operation.Unary<>("AssignTask", AssignTaskRequest.getDefaultInstance(), cases::assign),
                new Operation.Unary<>("RecordEvidence", RecordEvidenceRequest.getDefaultInstance(), cases::recordEvidence),
                new Operation.Unary<>("CompleteTask", CompleteTaskRequest.getDefaultInstance(), cases::complete),
                new Operation.Unary<>("CloseCase", CloseCaseRequest.getDefaultInstance(), cases::close),
                new Operation.Unary<>("GetCase", GetCaseRequest.getDefaultInstance(), cases::get),
                new Operation.Unary<>("GetEvidenceBundle", GetEvidenceBundleRequest.getDefaultInstance(), cases::bundle),
                new Operation.Unary<>("GetEvidenceKey", GetEvidenceKeyRequest.getDefaultInstance(), cases::key),
                new Operation.Unary<>("ScreenClaims", ScreenClaimsRequest.getDefaultInstance(), files::screen),
                new Operation.Unary<>("RankProviders", RankProvidersRequest.getDefaultInstance(), files::rank),
                new Operation.Unary<>("GetRankingModel", GetRankingModelRequest.getDefaultInstance(), files::card));
    }
}
