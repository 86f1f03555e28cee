/** Who is asking the portal or the management API: a signed-in person, an API key, or nobody known. */
@NullMarked
package cn.jingshu.marketplace.visitor;

import org.jspecify.annotations.NullMarked;
