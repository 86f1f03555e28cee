/** The management API: usage, statements, books and settlements as JSON, and the exports. Never a product call. */
@NullMarked
package cn.jingshu.marketplace.management;

import org.jspecify.annotations.NullMarked;
