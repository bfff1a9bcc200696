/* The inner loop of convolutions and fully connected layers. */
#ifndef OSSICLE_DOT_PRODUCT_H
#define OSSICLE_DOT_PRODUCT_H

#include <stdint.h>

#include "ossicle_dsp.h"

/* sum + weights[i] * (input[i] + input_offset), i < count; input_offset is minus the zero point,
 * in [-127, 128], so a product's magnitude is at most 128 * 255. The compiler has refused a layer
 * whose weights could take the sum out of 32 bits. */
static inline int32_t ossicle_dot_product(const int8_t *weights, const int8_t *input,
                                          int32_t input_offset, int32_t count) {
  int32_t sum = 0;
  int32_t i = 0;
#if OSSICLE_HAS_DSP
  const uint32_t offsets = ossicle_twice(input_offset);
  for (; i + 4 <= count; i += 4) {
    const uint32_t values = ossicle_load_bytes(input + i);
    const uint32_t factors = ossicle_load_bytes(weights + i);
    sum = ossicle_multiply_pairs(ossicle_add_bytes_0_2(offsets, values), ossicle_bytes_0_2(factors),
                                 sum);
    sum = ossicle_multiply_pairs(ossicle_add_bytes_1_3(offsets, values), ossicle_bytes_1_3(factors),
                                 sum);
  }
#else
  for (; i + 4 <= count; i += 4) {
    sum += weights[i] * (input[i] + input_offset);
    sum += weights[i + 1] * (input[i + 1] + input_offset);
    sum += weights[i + 2] * (input[i + 2] + input_offset);
    sum += weights[i + 3] * (input[i + 3] + input_offset);
  }
#endif
  for (; i < count; ++i) {
    sum += weights[i] * (input[i] + input_offset);
  }
  return sum;
}

#endif
