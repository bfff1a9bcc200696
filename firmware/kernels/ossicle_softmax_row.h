/* What SOFTMAX and LOG_SOFTMAX do with a row: its largest value, and the sum of its exponentials.
 */
#ifndef OSSICLE_SOFTMAX_ROW_H
#define OSSICLE_SOFTMAX_ROW_H

#include "ossicle_fixed_point.h"
#include "ossicle_softmax.h"

/* (value - maximum) * beta * scale, Q5. */
static inline int32_t ossicle_scaled_difference(const ossicle_softmax_layer *layer,
                                                int32_t difference) {
  return ossicle_high_multiply(ossicle_shift_left(difference, layer->shift), layer->multiplier);
}

/* e to that power, Q0. */
static inline int32_t ossicle_exponential(const ossicle_softmax_layer *layer, int32_t difference) {
  return ossicle_exp_of_negative(ossicle_scaled_difference(layer, difference));
}

/* Q12; the compiler has refused rows of 4,096 or more, so the sum stays below 2^12. */
static inline int32_t ossicle_sum_of_exponentials(const ossicle_softmax_layer *layer,
                                                  const int8_t *row, int32_t maximum) {
  int32_t sum = 0;
  for (int32_t i = 0; i < layer->depth; ++i) {
    const int32_t difference = row[i] - maximum;
    if (difference >= layer->smallest_difference) {
      sum += ossicle_rounding_shift_right(ossicle_exponential(layer, difference), 12);
    }
  }
  return sum;
}

static inline int32_t ossicle_largest_of(const int8_t *row, int32_t depth) {
  int32_t maximum = row[0];
  for (int32_t i = 1; i < depth; ++i) {
    if (row[i] > maximum) {
      maximum = row[i];
    }
  }
  return maximum;
}

#endif
