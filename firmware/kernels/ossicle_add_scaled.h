/* How ADD and SUB scale their operands and their result. */
#ifndef OSSICLE_ADD_SCALED_H
#define OSSICLE_ADD_SCALED_H

#include "ossicle_add.h"
#include "ossicle_requantise.h"

/* Headroom, so that little is lost when an operand is scaled down: |q - zero point| <= 255 < 2^8,
 * so the shifted operand stays below 2^28, and so does the sum of two scaled by at most 1/2 each.
 */
#define OSSICLE_ADD_HEADROOM_BITS 20

static inline int32_t ossicle_add_scaled(const ossicle_add_operand *operand, int8_t value) {
  return ossicle_requantise_twice(
      ossicle_shift_left(value + operand->offset, OSSICLE_ADD_HEADROOM_BITS), operand->multiplier,
      operand->shift);
}

static inline int8_t ossicle_add_output(const ossicle_add_layer *layer, int32_t total) {
  const int32_t result =
      ossicle_requantise_twice(total, layer->multiplier, layer->shift) + layer->zero_point;
  return (int8_t)ossicle_clamp(result, layer->minimum, layer->maximum);
}

#endif
