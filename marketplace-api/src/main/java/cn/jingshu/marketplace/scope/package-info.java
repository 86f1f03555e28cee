/** The authorised scope: what the operator was authorised to do, the scenarios passed, the impact assessments behind them. */
@NullMarked
package cn.jingshu.marketplace.scope;

import org.jspecify.annotations.NullMarked;
