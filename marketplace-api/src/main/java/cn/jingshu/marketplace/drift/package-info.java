/** How far what models are asked about has moved from what they were trained on: counted, reckoned every hour, told and shown. */
@NullMarked
package cn.jingshu.marketplace.drift;

import org.jspecify.annotations.NullMarked;
