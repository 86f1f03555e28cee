/** Online prescriptions for chronic disease (慢病线上开处方): rules, renewals and their way, interactions. */
@NullMarked
package cn.jingshu.products.prescription;

import org.jspecify.annotations.NullMarked;
