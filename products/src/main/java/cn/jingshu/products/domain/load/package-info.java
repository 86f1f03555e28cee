/**
 * Connectors: how files, tables of other databases and interfaces become rows of the domain. A load is staged row by row and takes the
 * place of what was there in one transaction, or changes nothing.
 */
@NullMarked
package cn.jingshu.products.domain.load;

import org.jspecify.annotations.NullMarked;
