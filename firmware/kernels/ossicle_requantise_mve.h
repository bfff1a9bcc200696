/* Requantisation for cores with Helium: the same integers as ossicle_requantise_channel gives.
 *
 * Kernels multiply bytes as they are, so of each channel they need three numbers: its bias less the
 * input's zero point times the sum of its weights, the multiplier, and the shift, in [-31, -1]. The
 * compiler's bound of the sums covers these biases and all that is added to them. */
#ifndef OSSICLE_REQUANTISE_MVE_H
#define OSSICLE_REQUANTISE_MVE_H

#include "ossicle_requantise.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>

/* VRSHL takes ties towards plus infinity; a negative number less 1 then goes away from zero, and
 * |values| < 2^31 - 1, so that does not overflow. */
static inline int32x4_t ossicle_away_from_zero_mve(int32x4_t values) {
  return vaddq_s32(values, vshrq_n_s32(values, 31));
}

#endif

#endif
