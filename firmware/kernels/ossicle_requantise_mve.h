/* Requantisation of four channels at a time, for cores with Helium: the same integers as
 * ossicle_requantise_channel gives. */
#ifndef OSSICLE_REQUANTISE_MVE_H
#define OSSICLE_REQUANTISE_MVE_H

#include "ossicle_requantise.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
#endif

/* The tables go on to a multiple of four channels. All arithmetic on sums is modulo 2^32: the
 * compiler has proved that the whole sum fits, so what wrapped on the way wraps back. */
typedef struct {
  const int32_t *biases; /* less the input's zero point times the sum of the channel's weights */
  const int32_t *multipliers;
  const int8_t *shifts; /* in [-31, -1] */
  int32_t zero_point, minimum, maximum;
} ossicle_requantisation_mve;

#if defined(__ARM_FEATURE_MVE)

/* `exponents` in [-31, -1]. VRSHL takes ties towards plus infinity; a negative number less 1 then
 * goes away from zero, and |values| < 2^31 - 1, so that does not overflow. */
static inline int32x4_t ossicle_rounding_shift_mve(int32x4_t values, int32x4_t exponents) {
  return vrshlq_s32(vaddq_s32(values, vshrq_n_s32(values, 31)), exponents);
}

#endif

/* The outputs of `channels` channels, at most four, from `channel` on, at `positions` positions
 * whose sums are `sums_step` apart and whose outputs `output_step`. `channel` is a multiple of 4.
 */
static inline void ossicle_requantise_mve(const ossicle_requantisation_mve *to, int32_t channel,
                                          int32_t channels, const int32_t *sums, int32_t sums_step,
                                          int32_t positions, int8_t *output, int32_t output_step) {
#if defined(__ARM_FEATURE_MVE)
  const int32x4_t biases = vldrwq_s32(to->biases + channel);
  const int32x4_t multipliers = vldrwq_s32(to->multipliers + channel);
  const int32x4_t shifts = vldrbq_s32(to->shifts + channel);
  const int32x4_t minimum = vdupq_n_s32(to->minimum);
  const int32x4_t maximum = vdupq_n_s32(to->maximum);
  const int32_t zero_point = to->zero_point;
  const mve_pred16_t lanes = vctp32q((uint32_t)channels);
  for (; positions > 0; --positions, sums += sums_step, output += output_step) {
    const int32x4_t values = vqrdmulhq_s32(vaddq_s32(vldrwq_s32(sums), biases), multipliers);
    const int32x4_t scaled = ossicle_rounding_shift_mve(values, shifts);
    const int32x4_t moved = vaddq_n_s32(scaled, zero_point);
    vstrbq_p_s32(output, vminq_s32(vmaxq_s32(moved, minimum), maximum), lanes);
  }
#else
  for (; positions > 0; --positions, sums += sums_step, output += output_step) {
    for (int32_t i = 0; i < channels; ++i) {
      const int32_t at = channel + i;
      const int32_t sum = (int32_t)((uint32_t)sums[i] + (uint32_t)to->biases[at]);
      const int32_t scaled = ossicle_requantise_twice(sum, to->multipliers[at], to->shifts[at]);
      output[i] = (int8_t)ossicle_clamp(scaled + to->zero_point, to->minimum, to->maximum);
    }
  }
#endif
}

#endif
