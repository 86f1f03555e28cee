/** Personal health portrait and risk warning (个人健康画像与风险预警): contract to answers; see README.md. */
@NullMarked
package cn.jingshu.products.health;

import org.jspecify.annotations.NullMarked;
