/** Real-time public transport data (公共交通实时数据): the product, its settings and its operations. */
@NullMarked
package cn.jingshu.products.transit;

import org.jspecify.annotations.NullMarked;
