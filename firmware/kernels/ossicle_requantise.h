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

/* Rounds once, ties towards plus infinity: value * multiplier * 2^(shift - 31).
 * 31 - shift lies in [1, 62] and |value * multiplier| < 2^62, so nothing overflows 64 bits. */
static inline int32_t ossicle_requantise_once(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t total = 31 - shift;
  const int64_t half = INT64_C(1) << (total - 1);
  return (int32_t)(((int64_t)value * multiplier + half) >> total);
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
