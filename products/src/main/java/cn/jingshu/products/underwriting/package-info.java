/** Smart underwriting (智慧核保): a risk band with general reasons for an applicant for insurance, from health records that stay inside. */
@NullMarked
package cn.jingshu.products.underwriting;

import org.jspecify.annotations.NullMarked;
