/** Identifiers of people, organisations and real estate: their form and check characters. Nothing is looked up. */
@NullMarked
package cn.jingshu.products.identifier;

import org.jspecify.annotations.NullMarked;
