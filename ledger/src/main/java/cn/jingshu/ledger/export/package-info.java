/** The books as files that other programs read: tables, a workbook, journals, and all of them as one signed bundle. */
@NullMarked
package cn.jingshu.ledger.export;

import org.jspecify.annotations.NullMarked;
