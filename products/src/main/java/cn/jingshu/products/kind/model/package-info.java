/** Products that are a model in the ONNX format: declared features in, declared labels and scores out, within limits. */
@NullMarked
package cn.jingshu.products.kind.model;

import org.jspecify.annotations.NullMarked;
