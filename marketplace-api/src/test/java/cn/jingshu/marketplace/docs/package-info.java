/** What the documents in the repository must hold to. */
@NullMarked
package cn.jingshu.marketplace.docs;

import org.jspecify.annotations.NullMarked;
