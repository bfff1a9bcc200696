/* Requantisation with everything that can be known beforehand: one multiplication, one addition,
 * one shift, a clamp. The same integers as ossicle_requantise_channel, for shifts of -1 or less. */
#ifndef OSSICLE_RESCALE_H
#define OSSICLE_RESCALE_H

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

/* Adding half and the sign (-1 for negative numbers) before a shift that rounds down rounds to the
 * nearest, ties away from zero. */
static inline int8_t ossicle_rounded(int32_t high, int32_t half, int32_t shift, int32_t minimum,
                                     int32_t maximum) {
  return (int8_t)ossicle_clamp((high + (high >> 31) + half) >> shift, minimum, maximum);
}

/* What blocks in assembly do with each sum.
 *
 * sum * multiplier / 2^32 + sum = sum * (multiplier + 2^32) / 2^32: the high product, ties towards
 * plus infinity. */
static inline int8_t ossicle_rescaled(const ossicle_rescale *rescale, int32_t sum, int32_t minimum,
                                      int32_t maximum) {
  const int64_t product = (int64_t)sum * rescale->multiplier + (INT64_C(1) << 31);
  const int32_t high = (int32_t)(product >> 32) + sum;
  return ossicle_rounded(high, rescale->half, rescale->shift, minimum, maximum);
}

#ifdef __cplusplus
}
#endif

#endif
