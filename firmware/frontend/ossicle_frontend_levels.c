/* From a spectrum to int8 levels: power, mel bands, logarithm, step.
 *
 * The triangles of the mel bands overlap so that between two neighbouring centres (an interval) one
 * band falls from 1 to 0 while the next rises from 0 to 1. So an interval needs two sums of the
 * power P[k] of its bins only: the sum itself, and the sum of (end - k) P[k], which is the running
 * sum of running sums.
 */
#include "ossicle_frontend_arithmetic.h"
#include "ossicle_frontend_internal.h"
#include "ossicle_frontend_ramps.h"

/* log2(high + low / 2^32) - 31 in Q24, modulo 2^32, high > 0: the table between its entries
 * linearly. */
OSSICLE_FRONTEND_INLINE uint32_t log2_q24(uint32_t high, uint32_t low) {
  const uint32_t zeros = ossicle_frontend_leading_zeros(high);
  const uint32_t mantissa = high << zeros | (low >> 1) >> (31 - zeros); /* its first bit is a 1 */
  const int32_t *entry =
      ossicle_frontend_log2 + ((mantissa & INT32_MAX) >> (31 - OSSICLE_FRONTEND_LOG_BITS));
  const uint64_t fraction = mantissa << (1 + OSSICLE_FRONTEND_LOG_BITS);
  const uint32_t rise = (uint32_t)(entry[1] - entry[0]);
  return (uint32_t)entry[0] + (uint32_t)(fraction * rise >> 32) - (zeros << 24);
}

/* The level of a band in steps above the floor, halves up, as int8. `offset` is in octaves, Q24,
 * modulo 2^32, of 2^63: the sum fits. */
OSSICLE_FRONTEND_INLINE int8_t level(uint64_t power, uint32_t offset, int32_t steps_per_octave) {
  uint32_t high = (uint32_t)(power >> 32);
  uint32_t low = (uint32_t)power;
  if (high == 0) {
    if (low == 0) {
      return INT8_MIN;
    }
    high = low;
    low = 0;
    offset -= 32u << 24;
  }
  const int32_t octaves = (int32_t)(log2_q24(high, low) + offset);
  const int32_t steps = (int32_t)((int64_t)octaves * steps_per_octave >> 32);
  return ossicle_frontend_saturated((steps + (1 << 15) + INT8_MIN * (1 << 16)) >> 16);
}

void ossicle_frontend_levels(const ossicle_frontend_interval *intervals, int32_t gain,
                             int8_t *column) {
  const uint32_t scale = (63u - 2 * (uint32_t)gain) << 24;
  const uint32_t *ramp = ossicle_frontend_ramp;
  uint64_t rising = ossicle_frontend_next_ramps(&intervals, &ramp).rising;
  for (uint32_t band = 0; band < OSSICLE_FRONTEND_MEL_BANDS; band++) {
    const ossicle_frontend_ramps next = ossicle_frontend_next_ramps(&intervals, &ramp);
    column[band] = level(rising + next.falling, (uint32_t)ossicle_frontend_offset[band] + scale,
                         OSSICLE_FRONTEND_STEPS_PER_OCTAVE(band));
    rising = next.rising;
  }
}
