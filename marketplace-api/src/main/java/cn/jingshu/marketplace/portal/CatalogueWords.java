package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.catalogue.CatalogueBatch;
import cn.jingshu.marketplace.catalogue.DataResource;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue;
import cn.jingshu.marketplace.catalogue.ResourceEntry;
import cn.jingshu.products.domain.load.LoadRecord;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.quality.Dimension;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** The terms of the resource catalogue and of loads in words. */
final class CatalogueWords {
    private static final Bilingual NOT_STATED = new Bilingual("未填报", "not stated");

    private CatalogueWords() {}

    static Bilingual of(DataResource.Kind kind) {
        return switch (kind) {
            case LEGAL -> new Bilingual("法人信息", "legal entities");
            case LEGAL_AND_PERSONAL -> new Bilingual("法人及个人信息", "legal entities and people");
            case THING -> new Bilingual("非个人信息", "things");
            case PERSONAL -> new Bilingual("个人信息", "personal");
            case SENSITIVE_PERSONAL -> new Bilingual("敏感个人信息", "sensitive personal");
            case TREATED_AS_SENSITIVE -> new Bilingual("按敏感个人信息对待", "treated as sensitive");
            case BLOCKED -> new Bilingual("法律禁止提供", "blocked by law");
        };
    }

    static Bilingual of(DataResource.UpdateCycle cycle) {
        return switch (cycle) {
            case PERIODIC -> new Bilingual("定期", "periodic");
            case REAL_TIME -> new Bilingual("实时", "real time");
        };
    }

    static Bilingual of(ResourceEntry.Grade grade) {
        return switch (grade) {
            case GENERAL -> new Bilingual("一般数据", "general");
            case IMPORTANT -> new Bilingual("重要数据", "important");
            case CORE -> new Bilingual("核心数据", "core");
        };
    }

    static Bilingual of(ResourceEntry.Sharing sharing) {
        return switch (sharing) {
            case UNCONDITIONAL -> new Bilingual("无条件共享", "shared without conditions");
            case CONDITIONAL -> new Bilingual("有条件共享", "shared on conditions");
            case NOT_SHARED -> new Bilingual("不予共享", "not shared");
        };
    }

    static Bilingual of(ResourceEntry.Channel channel) {
        return switch (channel) {
            case API -> new Bilingual("接口", "interface");
            case TABLE -> new Bilingual("库表", "database table");
            case FILE -> new Bilingual("文件", "file");
        };
    }

    static Bilingual of(ResourceEntry.Origin origin) {
        return switch (origin) {
            case LOCAL -> new Bilingual("本级采集", "collected by the city");
            case PROVINCE_RETURN -> new Bilingual("省级回流", "returned by the province");
            case STATE_RETURN -> new Bilingual("国家回流", "returned by the state");
            case SHARED -> new Bilingual("部门共享", "shared by another department");
        };
    }

    static Bilingual of(ResourceCatalogue.Happened happened) {
        return switch (happened) {
            case ADDED -> new Bilingual("新增", "added");
            case CHANGED -> new Bilingual("变更", "changed");
            case WITHDRAWN -> new Bilingual("撤下", "withdrawn");
        };
    }

    static String css(ResourceCatalogue.Happened happened) {
        return switch (happened) {
            case ADDED -> "done";
            case CHANGED -> "warning";
            case WITHDRAWN -> "failed";
        };
    }

    static Bilingual of(CatalogueBatch.Status status) {
        return switch (status) {
            case DRAFT -> new Bilingual("编制中", "draft");
            case SUBMITTED -> new Bilingual("待审核", "waits for review");
            case RETURNED -> new Bilingual("已退回", "returned");
            case PUBLISHED -> new Bilingual("已发布", "published");
        };
    }

    static String css(CatalogueBatch.Status status) {
        return switch (status) {
            case DRAFT, SUBMITTED -> "warning";
            case RETURNED -> "failed";
            case PUBLISHED -> "done";
        };
    }

    static Bilingual of(LoadRecord.State state) {
        return switch (state) {
            case RUNNING -> new Bilingual("装载中", "running");
            case LOADED -> new Bilingual("已装载", "loaded");
            case UNCHANGED -> new Bilingual("无变化", "unchanged");
            case REFUSED -> new Bilingual("已拒绝", "refused");
            case FAILED -> new Bilingual("已中断", "broken off");
        };
    }

    static String css(LoadRecord.State state) {
        return switch (state) {
            case RUNNING -> "warning";
            case LOADED, UNCHANGED -> "done";
            case REFUSED, FAILED -> "failed";
        };
    }

    static Bilingual of(LoadRequest.Mode mode) {
        return switch (mode) {
            case REPLACE -> new Bilingual("全量替换", "replaces the whole");
            case UPSERT -> new Bilingual("增量更新", "adds and updates");
        };
    }

    static Bilingual of(Dimension dimension) {
        return new Bilingual(dimension.zh(), switch (dimension) {
            case NORMATIVITY -> "normativity";
            case COMPLETENESS -> "completeness";
            case ACCURACY -> "accuracy";
            case CONSISTENCY -> "consistency";
            case TIMELINESS -> "timeliness";
            case ACCESSIBILITY -> "accessibility";
        });
    }

    /** What a field of {@link ResourceEntry#fields} is called. */
    static Bilingual field(String field) {
        return switch (field) {
            case "provider" -> new Bilingual("提供单位", "Provider");
            case "nameZh" -> new Bilingual("名称", "Name in Chinese");
            case "nameEn" -> new Bilingual("英文名称", "Name in English");
            case "items" -> new Bilingual("数据项", "Data items");
            case "format" -> new Bilingual("数据格式", "Format");
            case "updateCycle" -> new Bilingual("更新周期", "Update cycle");
            case "updateFrequency" -> new Bilingual("更新频率", "Update frequency");
            case "sharingAttribute" -> new Bilingual("共享属性", "Sharing");
            case "sharingBasis" -> new Bilingual("不予共享的依据", "Why it is not shared");
            case "channels" -> new Bilingual("共享方式", "Supplied as");
            case "conditionsZh" -> new Bilingual("使用条件", "Conditions in Chinese");
            case "conditionsEn" -> new Bilingual("使用条件(英文)", "Conditions in English");
            case "classification" -> new Bilingual("数据分类", "Class");
            case "grade" -> new Bilingual("数据分级", "Grade");
            case "gradingBasis" -> new Bilingual("分类分级依据", "What class and grade rest on");
            case "origin" -> new Bilingual("来源", "Origin");
            case "kind" -> new Bilingual("涉及主体", "About");
            case "blockedBy" -> new Bilingual("禁止提供的法律依据", "The law that blocks it");
            case "lawRecord" -> new Bilingual("解除禁止的法律记录", "The law that opened it");
            case "assessment" -> new Bilingual("评估与审批", "Assessments and approval");
            default -> throw new IllegalArgumentException("no field " + field);
        };
    }

    /** What a field's value of {@link ResourceEntry#fields} reads as. */
    static Bilingual value(String field, String value, Map<String, Bilingual> providers) {
        if (value.isEmpty()) {
            return NOT_STATED;
        }
        return switch (field) {
            case "provider" -> providers.getOrDefault(value, Bilingual.same(value));
            case "updateCycle" -> of(DataResource.UpdateCycle.valueOf(value));
            case "sharingAttribute" -> of(ResourceEntry.Sharing.valueOf(value));
            case "grade" -> of(ResourceEntry.Grade.valueOf(value));
            case "origin" -> of(ResourceEntry.Origin.valueOf(value));
            case "kind" -> of(DataResource.Kind.valueOf(value));
            case "channels" -> channels(value);
            default -> Bilingual.same(value);
        };
    }

    private static Bilingual channels(String value) {
        var channels = Arrays.stream(value.split(", ", -1)).map(ResourceEntry.Channel::valueOf).map(CatalogueWords::of).toList();
        return new Bilingual(channels.stream().map(Bilingual::zh).collect(Collectors.joining("、")),
                channels.stream().map(Bilingual::en).collect(Collectors.joining(", ")));
    }
}
