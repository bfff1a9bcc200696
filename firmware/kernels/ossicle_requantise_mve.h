/* Requantisation of four channels at a time, for cores with Helium: the same integers as
 * ossicle_requantise_channel gives. */
#ifndef OSSICLE_REQUANTISE_MVE_H
#define OSSICLE_REQUANTISE_MVE_H

#include "ossicle_requantise.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
#endif

/* The tables go on to a multiple of four channels. Kernels multiply bytes as they are; the
 * compiler's bound of the sums covers these biases and all that is added to them. */
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

#if defined(__ARM_FEATURE_MVE)

/* What becomes of the sums of four channels. */
typedef struct {
  int32x4_t biases, multipliers, shifts, minimum, maximum;
  int32_t zero_point;
} ossicle_requantisation_of_four_mve;

static inline int32x4_t ossicle_output_mve(const ossicle_requantisation_of_four_mve *to,
                                           int32x4_t sums) {
  const int32x4_t values = vqrdmulhq_s32(vaddq_s32(sums, to->biases), to->multipliers);
  const int32x4_t moved =
      vaddq_n_s32(ossicle_rounding_shift_mve(values, to->shifts), to->zero_point);
  return vminq_s32(vmaxq_s32(moved, to->minimum), to->maximum);
}

#endif

/* The outputs of the first four of `channels` channels from `channel` on, at `positions` positions
 * whose sums lie by four and whose outputs `output_step` apart. `channel` is a multiple of 4. */
static inline void ossicle_requantise_mve(const ossicle_requantisation_mve *to, int32_t channel,
                                          int32_t channels, const int32_t *sums, int32_t positions,
                                          int8_t *output, int32_t output_step) {
#if defined(__ARM_FEATURE_MVE)
  const ossicle_requantisation_of_four_mve four = {
      vldrwq_s32(to->biases + channel), vldrwq_s32(to->multipliers + channel),
      vldrbq_s32(to->shifts + channel), vdupq_n_s32(to->minimum),
      vdupq_n_s32(to->maximum),         to->zero_point};
  if (channels >= 4) {
    for (; positions > 0; --positions, sums += 4, output += output_step) {
      vstrbq_s32(output, ossicle_output_mve(&four, vldrwq_s32(sums)));
    }
    return;
  }
  const mve_pred16_t lanes = vctp32q((uint32_t)channels);
  for (; positions > 0; --positions, sums += 4, output += output_step) {
    vstrbq_p_s32(output, ossicle_output_mve(&four, vldrwq_s32(sums)), lanes);
  }
#else
  for (; positions > 0; --positions, sums += 4, output += output_step) {
    for (int32_t i = 0; i < channels && i < 4; ++i) {
      const int32_t at = channel + i;
      const int32_t scaled =
          ossicle_requantise_twice(sums[i] + to->biases[at], to->multipliers[at], to->shifts[at]);
      output[i] = (int8_t)ossicle_clamp(scaled + to->zero_point, to->minimum, to->maximum);
    }
  }
#endif
}

#endif
