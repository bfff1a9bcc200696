/* Requantisation with everything that can be known beforehand: one multiplication, one addition,
 * one shift, a clamp. The same integers as ossicle_requantise_channel, for shifts of -1 or less. */
#ifndef OSSICLE_RESCALE_H
#define OSSICLE_RESCALE_H

#include "ossicle_dsp.h"
#include "ossicle_requantise.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of one channel. */
typedef struct {
  int32_t multiplier; /* twice that of ossicle_requantisation, less 2^32 */
  int32_t half;       /* half of 2^shift, and the zero point times 2^shift */
  int32_t shift;      /* to the right, in [1, 31] */
} ossicle_rescale;

/* Two channels next to each other, as tables hold them. */
typedef struct {
  int32_t biases[2];
  ossicle_rescale rescale[2];
} ossicle_channels;

/* The compiler has proved that no high product of the channel's sums leaves 32 bits with `half`
 * added, and that `half` itself fits. */
static inline ossicle_rescale ossicle_rescale_of(const ossicle_requantisation *to,
                                                 int32_t channel) {
  const int32_t index = channel * to->channel_step;
  ossicle_rescale rescale;
  rescale.shift = -to->shifts[index];
  rescale.multiplier = ossicle_shift_left(to->multipliers[index], 1);
  rescale.half =
      ossicle_shift_left(1, rescale.shift - 1) + ossicle_shift_left(to->zero_point, rescale.shift);
  return rescale;
}

/* One instruction, if the compiler knows that the range is all of int8. */
static inline int8_t ossicle_clamp_to_int8(int32_t value, int32_t minimum, int32_t maximum) {
#if OSSICLE_HAS_DSP
  if (minimum == INT8_MIN && maximum == INT8_MAX) {
    return (int8_t)ossicle_saturate_to_int8(value);
  }
#endif
  return (int8_t)ossicle_clamp(value, minimum, maximum);
}

/* Adding half and the sign (-1 for negative numbers) before a shift that rounds down rounds to the
 * nearest, ties away from zero. */
static inline int8_t ossicle_rounded(int32_t high, int32_t half, int32_t shift, int32_t minimum,
                                     int32_t maximum) {
  return ossicle_clamp_to_int8((high + (high >> 31) + half) >> shift, minimum, maximum);
}

/* What blocks in assembly do with each sum.
 *
 * sum * multiplier / 2^32 + sum = sum * (multiplier + 2^32) / 2^32: the high product, ties towards
 * plus infinity. */
static inline int8_t ossicle_rescaled(const ossicle_rescale *rescale, int32_t sum, int32_t minimum,
                                      int32_t maximum) {
#if OSSICLE_HAS_DSP
  const int32_t high = ossicle_multiply_high_and_add(sum, rescale->multiplier, sum);
#else
  const int64_t product = (int64_t)sum * rescale->multiplier + (INT64_C(1) << 31);
  const int32_t high = (int32_t)(product >> 32) + sum;
#endif
  return ossicle_rounded(high, rescale->half, rescale->shift, minimum, maximum);
}

#ifdef __cplusplus
}
#endif

#endif
