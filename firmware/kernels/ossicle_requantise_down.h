/* Requantisation of many accumulators of one channel whose scale factor is below one half: the same
 * integers as ossicle_requantise_channel, in fewer instructions. */
#ifndef OSSICLE_REQUANTISE_DOWN_H
#define OSSICLE_REQUANTISE_DOWN_H

#include "ossicle_dsp.h"
#include "ossicle_requantise.h"

/* round(value * multiplier / 2^31), ties towards plus infinity, for |value| < 2^30. */
static inline int32_t ossicle_high_multiply_small(int32_t value, int32_t multiplier) {
#if OSSICLE_HAS_DSP
  return ossicle_double_and_multiply(value, multiplier);
#else
  return ossicle_high_multiply(value, multiplier);
#endif
}

static inline int32_t ossicle_saturate_int8(int32_t value) {
#if OSSICLE_HAS_DSP
  return ossicle_saturate_to_int8(value);
#else
  return ossicle_clamp(value, INT8_MIN, INT8_MAX);
#endif
}

/* A right shift after which hardly anything is left of 31 bits: channels that training has given up
 * have such shifts, and biases so large that doubling a sum could overflow. */
#define OSSICLE_FAR_SHIFT 20

/* The outputs of `channel` at `count` positions, at least one. The compiler chooses kernels that
 * call this only where all shifts of a layer are -1 or less, and where |sums| < 2^30 in channels
 * whose shift is not beyond OSSICLE_FAR_SHIFT.
 *
 * Adding half and the sign (-1 for negative numbers) before a shift that rounds down rounds to the
 * nearest, ties away from zero; |high product| < 2^30 and half <= 2^19, so neither
 * addition overflows. */
static inline void ossicle_requantise_down(const ossicle_requantisation *to, int32_t channel,
                                           const int32_t *sums, int32_t sums_step, int32_t count,
                                           int8_t *output, int32_t output_step) {
  const int32_t index = channel * to->channel_step;
  const int32_t multiplier = to->multipliers[index];
  const int32_t shift = -to->shifts[index];
  const int32_t half = INT32_C(1) << (shift - 1);
  const int32_t zero_point = to->zero_point;
  const int32_t minimum = to->minimum;
  const int32_t maximum = to->maximum;
  if (shift > OSSICLE_FAR_SHIFT) {
    for (; count > 0; --count, sums += sums_step, output += output_step) {
      *output = ossicle_requantise_channel(to, *sums, channel);
    }
    return;
  }
  do {
    const int32_t high = ossicle_high_multiply_small(*sums, multiplier);
    int32_t value = ((high + (high >> 31) + half) >> shift) + zero_point;
    value = ossicle_saturate_int8(value);
    value = value < minimum ? minimum : value;
    *output = (int8_t)(value > maximum ? maximum : value);
    sums += sums_step;
    output += output_step;
  } while (--count > 0);
}

#endif
