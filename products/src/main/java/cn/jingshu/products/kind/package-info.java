/**
 * Products that are declared, not coded: a merchant says in JSON what a product is called, what is asked and what is answered, and
 * how it is answered (a query, a model, a service of their own). The contract is made from that; edges, pages, meter and price
 * follow from the contract as they do for coded products.
 */
@NullMarked
package cn.jingshu.products.kind;

import org.jspecify.annotations.NullMarked;
