/** Tests of the published documents and of the SDK generated from them. */
@NullMarked
package cn.jingshu.openapi;

import org.jspecify.annotations.NullMarked;
