package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.objection.Objection;
import cn.jingshu.marketplace.term.Deadline;
import cn.jingshu.marketplace.term.Term;
import cn.jingshu.marketplace.term.WorkingDays;
import java.util.SortedSet;
import java.util.stream.Collectors;

/** Terms, working days and objections in words. */
final class TermWords {
    private TermWords() {}

    static Bilingual of(Term term) {
        return switch (term) {
            case CATALOGUE_UPDATE -> new Bilingual("更新资源目录", "Bring the catalogue up to date");
            case CATALOGUE_REVIEW -> new Bilingual("审核发布目录批次", "Review and publish a batch");
            case USE_APPLICATION -> new Bilingual("答复用途申请", "Answer an application");
            case DELIVERY -> new Bilingual("授权后交付数据", "Deliver what was granted");
            case REGISTRATION_ACCEPTANCE -> new Bilingual("受理产品登记", "Take in a registration, or send it back");
            case PERSONAL_REQUEST -> new Bilingual("答复个人请求", "Answer a person's request");
            case REGISTRATION_REVIEW -> new Bilingual("审核产品登记", "Review a registration");
            case OBJECTION -> new Bilingual("核实并答复数据异议", "Verify and answer an objection");
            case OBJECTION_DECISION -> new Bilingual("裁定数据异议", "Decide an objection");
        };
    }

    static Bilingual of(Deadline.Extension extension) {
        return switch (extension) {
            case POSSIBLE -> new Bilingual("可申请延期一次", "may be extended once");
            case ASKED -> new Bilingual("延期待决定", "more time is asked for");
            case GRANTED -> new Bilingual("已延期", "extended");
            case REFUSED -> new Bilingual("延期未获同意", "more time was refused");
            case NONE -> new Bilingual("不可延期", "never extended");
        };
    }

    /** How much of a term is left, and whether its last day can still change. */
    static Bilingual left(Deadline deadline) {
        Bilingual left = left(deadline.workingDaysLeft(), deadline.overdue());
        if (!deadline.due().isProvisional()) {
            return left;
        }
        Bilingual provisional = provisional(deadline.due().withoutNotice());
        return new Bilingual(left.zh() + ";" + provisional.zh(), left.en() + "; " + provisional.en());
    }

    private static Bilingual left(int workingDays, boolean overdue) {
        if (overdue) {
            return workingDays == 0 ? new Bilingual("已逾期", "overdue")
                    : new Bilingual("已逾期 " + -workingDays + " 个工作日", "overdue by " + days(-workingDays));
        }
        return workingDays == 0 ? new Bilingual("今天到期", "due today") : new Bilingual("还剩 " + workingDays + " 个工作日", days(workingDays) + " left");
    }

    private static String days(int workingDays) {
        return workingDays == 1 ? "1 working day" : workingDays + " working days";
    }

    /** That a date rests on years whose notice is not recorded. */
    static Bilingual provisional(SortedSet<Integer> years) {
        String zh = years.stream().map(String::valueOf).collect(Collectors.joining("、"));
        String en = years.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return new Bilingual(zh + " 年放假通知尚未登记,日期暂定", "provisional: the holiday notice of " + en + " is not recorded");
    }

    static Bilingual of(WorkingDays.Basis basis) {
        return switch (basis) {
            case NOTICE -> new Bilingual("按国务院办公厅放假通知", "by the State Council's notice");
            case STATUTORY -> new Bilingual("通知尚未登记:周末及法定节假日,日期暂定", "no notice recorded: weekends and statutory days, dates are provisional");
            case WEEKENDS -> new Bilingual("尚无记录:仅按周末,日期暂定", "nothing recorded: weekends alone, dates are provisional");
        };
    }

    static String css(WorkingDays.Basis basis) {
        return basis == WorkingDays.Basis.NOTICE ? "done" : "warning";
    }

    static Bilingual of(WorkingDays.Kind kind) {
        return switch (kind) {
            case OFF -> new Bilingual("放假", "off");
            case WORKED -> new Bilingual("上班", "worked");
        };
    }

    static Bilingual of(Objection.Status status) {
        return switch (status) {
            case OPEN -> new Bilingual("待答复", "waits for the answer");
            case CORRECTED -> new Bilingual("已更正", "corrected");
            case NOT_WRONG -> new Bilingual("核实无误", "found right");
            case ESCALATED -> new Bilingual("待主管部门裁定", "waits for the data bureau");
            case UPHELD -> new Bilingual("裁定有误,待更正", "found wrong, to be corrected");
            case DISMISSED -> new Bilingual("裁定无误", "dismissed");
            case WITHDRAWN -> new Bilingual("已撤回", "withdrawn");
        };
    }

    static String css(Objection.Status status) {
        return switch (status) {
            case OPEN, ESCALATED -> "warning";
            case UPHELD -> "failed";
            case CORRECTED, NOT_WRONG, DISMISSED, WITHDRAWN -> "done";
        };
    }

    static Bilingual of(Objection.Fault fault) {
        return switch (fault) {
            case WRONG -> new Bilingual("数据有误", "the data are wrong");
            case INCOMPLETE -> new Bilingual("数据不完整", "the data are incomplete");
            case OUTDATED -> new Bilingual("数据未及时更新", "the data are out of date");
        };
    }

    static Bilingual of(Objection.Side side) {
        return switch (side) {
            case RAISER -> new Bilingual("异议人", "Who raised it");
            case ANSWERER -> new Bilingual("答复单位", "Who answers");
            case BUREAU -> new Bilingual("数据主管部门", "Data bureau");
        };
    }

    static Bilingual of(Objection.Step step) {
        return switch (step) {
            case RAISED -> new Bilingual("提出异议", "raised it");
            case MESSAGE -> new Bilingual("留言", "wrote");
            case CORRECTED -> new Bilingual("答复:已更正", "answered: corrected");
            case NOT_WRONG -> new Bilingual("答复:核实无误", "answered: it is right");
            case ESCALATED -> new Bilingual("不同意答复,提请裁定", "does not agree: the bureau is to decide");
            case UPHELD -> new Bilingual("裁定:数据有误,须更正", "decided: it is wrong and has to be corrected");
            case DISMISSED -> new Bilingual("裁定:数据无误", "decided: it is right");
            case WITHDRAWN -> new Bilingual("撤回异议", "took it back");
        };
    }
}
