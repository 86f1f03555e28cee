/** Objections (数据异议): who says that data are wrong, who answers, and what came of it. */
@NullMarked
package cn.jingshu.marketplace.objection;

import org.jspecify.annotations.NullMarked;
