package cn.jingshu.marketplace.gate;

import org.jspecify.annotations.Nullable;

/**
 * Every way a request can be refused, in the order in which the gate looks; below them, what the edges and products add.
 * Codes are stable: callers program against them. {@code docs/refusals.md} lists them all.
 */
public enum Refusal {
    // The gate, in its order ------------------------------------------------------------------------------------------
    KEY_MISSING(401, "UNAUTHENTICATED", Fault.CALLER, "请求未携带接口密钥", "no API key was sent", null),
    KEY_MALFORMED(401, "UNAUTHENTICATED", Fault.CALLER,
            "接口密钥格式不正确,请检查是否复制完整", "the API key is malformed; check that it was copied whole", null),
    NODE_NOT_READY(503, "UNAVAILABLE", Fault.INTERNAL,
            "服务节点正在启动,请稍后重试", "this node is still starting; try again shortly", null),
    KEY_UNKNOWN(401, "UNAUTHENTICATED", Fault.CALLER, "接口密钥不存在", "the API key is unknown", null),
    KEY_REVOKED(401, "UNAUTHENTICATED", Fault.CALLER, "接口密钥已吊销", "the API key was revoked", null),
    KEY_EXPIRED(401, "UNAUTHENTICATED", Fault.CALLER, "接口密钥已过期", "the API key has expired", null),
    ORGANISATION_SUSPENDED(403, "PERMISSION_DENIED", Fault.CALLER,
            "数据使用方、运营机构或数商的权限已被暂停或已退出", "the consumer, the operator or the merchant is suspended or has left",
            "《荆门市公共数据资源授权运营实施方案(试行)》(征求意见稿):超授权使用经核实的暂停权限"),
    SUBSCRIPTION_NOT_ACTIVE(403, "PERMISSION_DENIED", Fault.CALLER,
            "订阅尚未获批、已暂停或已终止", "the subscription is not approved yet, suspended or ended", null),
    AGREEMENT_EXPIRED(403, "FAILED_PRECONDITION", Fault.INTERNAL,
            "授权运营协议或数商协议不在有效期内", "the operator's or the merchant's agreement is not in force",
            "发改数据规〔2025〕27号:授权运营期限原则上最长不超过5年"),
    AUTHORISATION_MISSING(403, "FAILED_PRECONDITION", Fault.INTERNAL,
            "运营机构的授权未获批、不在有效期内或不涵盖该产品或场景",
            "the operator's authorisation is not approved, not in force or does not cover this product or scenario",
            "发改数据规〔2025〕27号:授权运营"),
    PRODUCT_NOT_LIVE(403, "FAILED_PRECONDITION", Fault.INTERNAL,
            "产品未登记、未获批准、登记已过期或已下架", "the product is not registered, not approved, expired or off the market",
            "发改数据规〔2025〕26号:公共数据资源登记"),
    GRANT_MISSING(403, "FAILED_PRECONDITION", Fault.INTERNAL,
            "数据提供单位未授权或已暂停授权", "a data provider has not granted its resource, or has suspended the grant",
            "《荆门市公共数据资源授权运营实施方案(试行)》(征求意见稿):按项授权"),
    COLUMN_NOT_GRANTED(403, "FAILED_PRECONDITION", Fault.INTERNAL,
            "该操作读取的数据项超出数据提供单位的授权,已记录预警",
            "the operation reads columns its data provider has not granted; an alert was raised",
            "《个人信息保护法》第六条;《荆门市公共数据资源授权运营实施方案(试行)》(征求意见稿):不得超授权范围使用"),
    BLOCKED_BY_LAW(451, "PERMISSION_DENIED", Fault.CALLER,
            "法律禁止提供该数据", "the law forbids supplying this data", "《个人信息保护法》第二十六条;《治安管理处罚法》第一百三十六条"),
    OVER_SCOPE(403, "PERMISSION_DENIED", Fault.CALLER,
            "调用超出授权范围,已记录预警", "the call is outside the authorised scope; an alert was raised",
            "《荆门市公共数据资源授权运营实施方案(试行)》(征求意见稿):超授权调用预警"),
    SCENARIO_NOT_APPROVED(403, "FAILED_PRECONDITION", Fault.CALLER,
            "应用场景未获批、已暂停、已过期或不适用于该产品与用途",
            "the scenario is not approved, suspended, over or not for this product and purpose",
            "《荆门市公共数据资源授权运营实施方案(试行)》(征求意见稿):一场景一审核"),
    WRONG_SCENARIO(403, "PERMISSION_DENIED", Fault.CALLER,
            "声明的应用场景与获批场景不符,已记录预警", "the stated scenario is not the approved one; an alert was raised",
            "《荆门市公共数据资源授权运营实施方案(试行)》(征求意见稿):一场景一审核"),
    WRONG_PURPOSE(403, "PERMISSION_DENIED", Fault.CALLER,
            "声明的用途与获批用途不符,已记录预警", "the stated purpose is not the approved one; an alert was raised",
            "发改价格〔2025〕65号:按用途区分免费与收费"),
    WRONG_DISTRICT(403, "PERMISSION_DENIED", Fault.CALLER,
            "未声明地区或声明的地区不在获批范围内,已记录预警",
            "no district was stated, or one that is not approved; an alert was raised",
            "《荆门市公共数据资源授权运营实施方案(试行)》(征求意见稿):明确数据使用场景、范围及期限"),
    CONSENT_REQUIRED(403, "PERMISSION_DENIED", Fault.CALLER,
            "缺少个人的单独同意", "the person's separate consent is missing", "《个人信息保护法》第二十三条、第二十九条"),
    IMPACT_ASSESSMENT_MISSING(403, "FAILED_PRECONDITION", Fault.INTERNAL,
            "缺少有效的个人信息保护影响评估", "no impact assessment for this product and purpose is valid",
            "《个人信息保护法》第五十五条、第五十六条"),
    NO_LAWFUL_PRICE(403, "FAILED_PRECONDITION", Fault.INTERNAL,
            "该用途尚无合法有效的收费标准", "no lawful price is in force for this use", "发改价格〔2025〕65号:具体收费标准不得高于上限收费标准"),
    PAYMENT_OVERDUE(402, "FAILED_PRECONDITION", Fault.CALLER,
            "账单逾期未付,付费调用已暂停;公益免费调用不受影响",
            "a bill is overdue and paid calls are suspended; free use in the public interest goes on",
            "《民法典》第五百二十六条:先履行债务一方未履行的,后履行一方有权拒绝其履行请求"),
    PREPAID_USED_UP(402, "FAILED_PRECONDITION", Fault.CALLER,
            "预付余额已用完,充值后恢复", "the prepaid balance is used up; top it up to go on", null),
    CREDIT_USED_UP(402, "FAILED_PRECONDITION", Fault.CALLER,
            "已达信用额度,付款后恢复", "the credit limit is reached; pay to go on", null),
    BUDGET_USED_UP(429, "RESOURCE_EXHAUSTED", Fault.LIMIT,
            "本月预算已用完,或余额不足以支付本次调用,可调高预算或等待下月",
            "your own budget for this month is used up, or leaves too little for this call; raise it or wait for the next month", null),
    NODE_OVERLOADED(503, "UNAVAILABLE", Fault.INTERNAL,
            "服务节点繁忙,请稍后重试", "this node is overloaded; try again shortly", null),
    RATE_LIMITED(429, "RESOURCE_EXHAUSTED", Fault.LIMIT, "调用过快,请稍后重试", "too many calls; slow down", null),
    QUOTA_EXHAUSTED(429, "RESOURCE_EXHAUSTED", Fault.LIMIT,
            "本月配额已用完", "this month's quota is used up", null),
    METER_UNAVAILABLE(503, "UNAVAILABLE", Fault.INTERNAL,
            "计量暂不可用,未计量不提供服务", "the call cannot be metered now, so it is not answered", null),

    // The edges -------------------------------------------------------------------------------------------------------
    KEY_IN_QUERY(400, "INVALID_ARGUMENT", Fault.CALLER,
            "密钥不得放在网址中,请改用 Authorization 请求头并更换该密钥",
            "an API key must not be in the URL; use the Authorization header and replace this key", null),
    KEYS_DIFFER(400, "INVALID_ARGUMENT", Fault.CALLER,
            "请求携带了不止一个密钥,请只保留一个", "more than one API key was sent; send one", null),
    NO_SUCH_PATH(404, "UNIMPLEMENTED", Fault.CALLER, "路径不存在", "there is no such path", null),
    METHOD_NOT_ALLOWED(405, "UNIMPLEMENTED", Fault.CALLER,
            "该路径不支持此请求方法", "this path does not take this method", null),
    NOT_ACCEPTABLE(406, "INVALID_ARGUMENT", Fault.CALLER,
            "无法以要求的格式应答", "the answer cannot be given in the form asked for", null),
    UNSUPPORTED_MEDIA_TYPE(415, "INVALID_ARGUMENT", Fault.CALLER,
            "不支持该内容类型,请使用 application/json", "this content type is not taken; send application/json", null),
    REQUEST_TOO_SLOW(408, "DEADLINE_EXCEEDED", Fault.CALLER, "请求未能按时送达", "the request did not arrive in time", null),
    BODY_TOO_LARGE(413, "RESOURCE_EXHAUSTED", Fault.CALLER, "请求体过大", "the request body is too large", null),
    URI_TOO_LONG(414, "INVALID_ARGUMENT", Fault.CALLER, "网址过长", "the URL is too long", null),
    HEADERS_TOO_LARGE(431, "INVALID_ARGUMENT", Fault.CALLER, "请求头过大", "the request headers are too large", null),
    MALFORMED_REQUEST(400, "INVALID_ARGUMENT", Fault.CALLER,
            "请求无法解析", "the request cannot be read", null),
    INVALID_REQUEST(400, "INVALID_ARGUMENT", Fault.CALLER,
            "请求参数缺失、格式不正确或超出范围", "a field of the request is missing, malformed, unknown or out of range", null),
    IDEMPOTENCY_KEY_REUSED(422, "FAILED_PRECONDITION", Fault.CALLER,
            "该幂等键已用于另一个请求", "this idempotency key was used for another request", null),
    IDEMPOTENCY_IN_PROGRESS(409, "ABORTED", Fault.CALLER,
            "同一幂等键的请求仍在处理中,请稍后重试", "the call with this idempotency key is still running; try again shortly", null),
    IDEMPOTENCY_UNAVAILABLE(503, "UNAVAILABLE", Fault.INTERNAL,
            "暂无法核对幂等键,未受理", "the idempotency key cannot be checked now, so the call was not taken on", null),
    TOO_MANY_STREAMS(429, "RESOURCE_EXHAUSTED", Fault.LIMIT,
            "同时打开的数据流过多", "too many streams are open at once", null),
    READER_TOO_SLOW(408, "ABORTED", Fault.CALLER,
            "数据流未及时读取,已结束;可用 Last-Event-ID 续传",
            "the stream was not read in time and has ended; go on by Last-Event-ID", null),

    // The products ----------------------------------------------------------------------------------------------------
    NOT_FOUND(404, "NOT_FOUND", Fault.CALLER, "未找到所查对象", "what was asked for does not exist", null),
    PRODUCT_LIMIT_REACHED(429, "RESOURCE_EXHAUSTED", Fault.LIMIT,
            "已达该产品自身的查询限制", "a limit of the product itself is reached", null),
    SOURCE_UNAVAILABLE(503, "UNAVAILABLE", Fault.INTERNAL,
            "数据源暂不可用", "the source behind the product is away or out of date", null),
    ANSWER_TOO_LARGE(500, "RESOURCE_EXHAUSTED", Fault.INTERNAL,
            "应答超过契约规定的上限,请缩小请求范围", "the answer exceeds the limit of its contract; ask for less", null),
    DEADLINE(504, "DEADLINE_EXCEEDED", Fault.INTERNAL, "产品未能按时应答", "the product did not answer in time", null),

    // The management interface ----------------------------------------------------------------------------------------
    NOT_SIGNED_IN(401, "UNAUTHENTICATED", Fault.CALLER, "请先登录", "sign in first", null),
    FORBIDDEN(403, "PERMISSION_DENIED", Fault.CALLER, "您的角色无权进行此操作", "your role does not allow this", null),
    CONFLICT(409, "ABORTED", Fault.CALLER, "与现有记录冲突", "it conflicts with what is recorded already", null),
    VERSION_STALE(412, "ABORTED", Fault.CALLER,
            "该记录在您读取之后已变更,请重新读取", "it has changed since it was read; read it again", null),
    VERSION_NOT_STATED(428, "FAILED_PRECONDITION", Fault.CALLER,
            "请在 If-Match 中注明所读取记录的 ETag", "say in If-Match which version was read, by its ETag", null),
    RULE_BROKEN(422, "FAILED_PRECONDITION", Fault.CALLER,
            "违反业务规则,未保存", "it breaks a rule and was not saved", null),

    STORE_UNAVAILABLE(503, "UNAVAILABLE", Fault.INTERNAL,
            "数据库暂不可用,请稍后重试", "the database is away; try again shortly", null),

    // Ourselves -------------------------------------------------------------------------------------------------------
    DRAINING(503, "UNAVAILABLE", Fault.INTERNAL, "服务节点正在停止,请重试", "this node is stopping; try again", null),
    INTERNAL(500, "INTERNAL", Fault.INTERNAL,
            "系统内部错误,请凭请求编号联系运营机构", "something broke on our side; tell the operator the request id", null);

    private final int httpStatus;
    private final String grpcStatus;
    private final Fault fault;
    private final String zh;
    private final String en;
    private final @Nullable String legalBasis;

    Refusal(int httpStatus, String grpcStatus, Fault fault, String zh, String en, @Nullable String legalBasis) {
        this.httpStatus = httpStatus;
        this.grpcStatus = grpcStatus;
        this.fault = fault;
        this.zh = zh;
        this.en = en;
        this.legalBasis = legalBasis;
    }

    /** Whose it is to mend. */
    public enum Fault {
        /** The caller: another request, another right. */
        CALLER,
        /** Nobody: the same request later. */
        LIMIT,
        /** Us, the operator or a provider. */
        INTERNAL
    }

    /** The stable text of the code. */
    public String code() {
        return name();
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** The name of the gRPC status code. */
    public String grpcStatus() {
        return grpcStatus;
    }

    public Fault fault() {
        return fault;
    }

    public String zh() {
        return zh;
    }

    public String en() {
        return en;
    }

    /** The provision the refusal rests on; null: a rule of this house. */
    public @Nullable String legalBasis() {
        return legalBasis;
    }
}
