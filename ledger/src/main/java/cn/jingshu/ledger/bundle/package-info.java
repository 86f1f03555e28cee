/** The form of an export bundle: its tables, its manifest and its archive, as whoever writes and whoever verifies one know it. */
@NullMarked
package cn.jingshu.ledger.bundle;

import org.jspecify.annotations.NullMarked;
