/* The inner loop of convolutions and fully connected layers. */
#ifndef OSSICLE_DOT_PRODUCT_H
#define OSSICLE_DOT_PRODUCT_H

#include <stdint.h>

/* sum of weights[i] * (input[i] + input_offset), i < count; input_offset is minus the zero point,
 * in [-127, 128], so a product's magnitude is at most 128 * 255. The compiler has refused a layer
 * whose weights could take the sum out of 32 bits. */
static inline int32_t ossicle_dot_product(const int8_t *weights, const int8_t *input,
                                          int32_t input_offset, int32_t count) {
  int32_t sum = 0;
  int32_t i = 0;
  for (; i + 4 <= count; i += 4) {
    sum += weights[i] * (input[i] + input_offset);
    sum += weights[i + 1] * (input[i + 1] + input_offset);
    sum += weights[i + 2] * (input[i + 2] + input_offset);
    sum += weights[i + 3] * (input[i + 3] + input_offset);
  }
  for (; i < count; ++i) {
    sum += weights[i] * (input[i] + input_offset);
  }
  return sum;
}

#endif
