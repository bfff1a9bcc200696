/* From a 32-bit accumulator back to int8: the roundings that TFLite's arithmetic uses.
 *
 * A positive real factor is held as multiplier * 2^(shift - 31) with multiplier in [2^30, 2^31).
 * Right shifts of negative numbers are arithmetic, as on every compiler that this code is for
 * (C99 6.5.7 leaves it to the implementation; the host tests would fail on another).
 */
#ifndef OSSICLE_REQUANTISE_H
#define OSSICLE_REQUANTISE_H

#include <stdint.h>

/* How a layer's accumulators become its output. */
typedef struct {
  const int32_t *multipliers; /* one for the whole tensor or one a channel */
  const int8_t *shifts;       /* as many; in [-31, 30] */
  int32_t channel_step;       /* 1: one a channel; 0: one for the whole tensor */
  int32_t zero_point;         /* of the output, in [-128, 127] */
  int32_t minimum, maximum;   /* the fused activation's range, within [-128, 127] */
} ossicle_requantisation;

static inline int32_t ossicle_clamp(int32_t value, int32_t minimum, int32_t maximum) {
  if (value < minimum) {
    return minimum;
  }
  return value > maximum ? maximum : value;
}

/* value * 2^exponent modulo 2^32, exponent in [0, 30]: wraps where a signed shift is undefined. */
static inline int32_t ossicle_shift_left(int32_t value, int32_t exponent) {
  return (int32_t)((uint32_t)value << exponent);
}

/* value * multiplier / 2^31, rounded to nearest, ties towards plus infinity.
 * |value * multiplier| <= 2^31 * (2^31 - 1) < 2^62, so the sum fits 64 bits, and the result 32. */
static inline int32_t ossicle_high_multiply(int32_t value, int32_t multiplier) {
  return (int32_t)(((int64_t)value * multiplier + (INT64_C(1) << 30)) >> 31);
}

/* value / 2^exponent, rounded to nearest, ties away from zero; exponent in [0, 31]. */
static inline int32_t ossicle_rounding_shift_right(int32_t value, int32_t exponent) {
  const int32_t mask = (int32_t)((UINT32_C(1) << exponent) - 1U);
  const int32_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return (value >> exponent) + ((value & mask) > threshold ? 1 : 0);
}

/* Rounds twice: in the high multiplication and in the right shift (gemmlowp's scheme). */
static inline int32_t ossicle_requantise_twice(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  const int32_t right = shift > 0 ? 0 : -shift;
  return ossicle_rounding_shift_right(
      ossicle_high_multiply(ossicle_shift_left(value, left), multiplier), right);
}

/* Whether `gap` * 2^22 - `tail` is at most half a unit in the last place of a double near
 * `product` * 2^22, that is 2^(bits of product - 32). Of a gap beyond 2^8 it never is. */
static inline int ossicle_lost_in_double(uint64_t product, uint64_t gap, uint32_t tail) {
  if (gap > 256) {
    return 0;
  }
  uint64_t half_unit = product >> 31;
  while (half_unit & (half_unit - 1)) { /* down to its highest bit */
    half_unit &= half_unit - 1;
  }
  return (gap << 22) - tail <= half_unit;
}

/* value * factor as a double, rounded to nearest, ties away from zero, but in integers: factor is
 * (multiplier + tail / 2^22) * 2^(shift - 31), all the 53 bits of a double. The exact product,
 * 2^22 * product + tail of it, is rounded; and if it falls short of a tie by so little that the
 * double would have been the tie, rounded up. |value| < 2^31, so product < 2^62, half <= 2^61. */
static inline int32_t ossicle_requantise_in_double(int32_t value, int32_t multiplier, int32_t tail,
                                                   int32_t shift) {
  const uint64_t magnitude = value < 0 ? 0U - (uint32_t)value : (uint32_t)value;
  const uint64_t below = magnitude * (uint32_t)tail;
  const uint64_t product = magnitude * (uint32_t)multiplier + (below >> 22);
  const int32_t total = 31 - shift; /* in [1, 62] */
  const uint64_t sum = product + (UINT64_C(1) << (total - 1));
  const uint64_t gap = (UINT64_C(1) << total) - (sum & ((UINT64_C(1) << total) - 1U));
  const int32_t rounded =
      (int32_t)(sum >> total) +
      ossicle_lost_in_double(product, gap, (uint32_t)below & ((UINT32_C(1) << 22) - 1U));
  return value < 0 ? -rounded : rounded;
}

/* The int8 output of one accumulator of `channel`, rounded twice and clamped. */
static inline int8_t ossicle_requantise_channel(const ossicle_requantisation *to, int32_t value,
                                                int32_t channel) {
  const int32_t index = channel * to->channel_step;
  const int32_t scaled =
      ossicle_requantise_twice(value, to->multipliers[index], (int32_t)to->shifts[index]);
  return (int8_t)ossicle_clamp(scaled + to->zero_point, to->minimum, to->maximum);
}

#endif
