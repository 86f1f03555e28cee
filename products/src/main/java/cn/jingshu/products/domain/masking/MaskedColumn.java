package cn.jingshu.products.domain.masking;

/**
 * What was done to one column of a sample.
 *
 * @param level how coarse it was made
 * @param top the level at which all values are one; 0: it has no levels
 */
public record MaskedColumn(String column, How how, int level, int top) {

    /** The ways a column is masked (GB/T 37964). */
    public enum How {
        /** Subjects have names that hold in this sample alone. */
        PSEUDONYM("假名化", "named anew"),
        /** The row's own id likewise. */
        ROW_RENAMED("行标识重编", "the row's id renamed"),
        /** A quasi-identifier, made coarser by so many levels; level 0: not needed. */
        COARSER("泛化", "made coarser"),
        /** A sensitive number, day or code, made coarser by a level. */
        SENSITIVE_COARSER("敏感值泛化", "sensitive, made coarser"),
        /** Sensitive texts, dealt out anew among the rows, rare ones replaced. */
        DEALT_OUT("重排与替换", "dealt out anew, rare values replaced"),
        /** A code: values that few share renamed, the others made coarser by so many levels. */
        RARE_RENAMED("少数人独有的值重编", "values of few renamed"),
        /** About nobody: as it is; in reports of earlier versions of the program alone. */
        KEPT("保留", "kept");

        private final String zh;
        private final String en;

        How(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }
    }
}
