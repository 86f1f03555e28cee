/** Products that are answered by a service of the merchant's own, over HTTP or gRPC, behind a guard against what such a service could do. */
@NullMarked
package cn.jingshu.products.kind.upstream;

import org.jspecify.annotations.NullMarked;
