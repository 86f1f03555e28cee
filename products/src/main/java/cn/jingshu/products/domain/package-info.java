/**
 * The data domain (数据域): tables of data resources that products ask under a role of their own, which may read the granted
 * columns and nothing else. Raw data stay inside; only what a contract declares leaves.
 */
@NullMarked
package cn.jingshu.products.domain;

import org.jspecify.annotations.NullMarked;
