/** API keys: their form, what is stored of them, and their life from issue to revocation. */
@NullMarked
package cn.jingshu.marketplace.apikey;

import org.jspecify.annotations.NullMarked;
