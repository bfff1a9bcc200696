/* From a spectrum to int8 levels: power, mel bands, logarithm, step.
 *
 * The triangles of the mel bands overlap so that between two neighbouring centres (an interval) one
 * band falls from 1 to 0 while the next rises from 0 to 1. So an interval needs two sums of the
 * power P[k] of its bins only: the sum itself, and the sum of (end - k) P[k], which is the running
 * sum of running sums.
 */
#include "ossicle_frontend_internal.h"
#include "ossicle_frontend_logarithm.h"
#include "ossicle_frontend_ramps.h"

#if defined(OSSICLE_FRONTEND_MVE)

#include "ossicle_frontend_levels_mve.h"

void ossicle_frontend_levels(const ossicle_frontend_interval *intervals, int32_t gain,
                             ossicle_frontend_level *levels) {
  ossicle_frontend_levels_mve(intervals, (63u - 2 * (uint32_t)gain) << 24, levels);
}

#else

#if OSSICLE_FRONTEND_STAGED

static ossicle_frontend_level level_of(int32_t octaves, int32_t steps_per_octave) {
  return (void)steps_per_octave, octaves;
}

#else

/* In steps above the floor, halves up, as int8. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_level level_of(int32_t octaves, int32_t steps_per_octave) {
  const int32_t steps = (int32_t)((int64_t)octaves * steps_per_octave >> 32);
  return ossicle_frontend_saturated((steps + (1 << 15) + INT8_MIN * (1 << 16)) >> 16);
}

#endif

/* The level of a band. `offset` is in octaves, Q24, modulo 2^32, of 2^63: the sum fits. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_level level(uint64_t power, uint32_t offset,
                                                     int32_t steps_per_octave) {
  uint32_t high = (uint32_t)(power >> 32);
  uint32_t low = (uint32_t)power;
  if (high == 0) {
    if (low == 0) {
      return OSSICLE_FRONTEND_SILENT;
    }
    high = low;
    low = 0;
    offset -= 32u << 24;
  }
  return level_of((int32_t)(ossicle_frontend_log2_q24(high, low) + offset), steps_per_octave);
}

void ossicle_frontend_levels(const ossicle_frontend_interval *intervals, int32_t gain,
                             ossicle_frontend_level *levels) {
  const uint32_t scale = (63u - 2 * (uint32_t)gain) << 24;
  const uint32_t *ramp = ossicle_frontend_ramp;
  uint64_t rising = ossicle_frontend_next_ramps(&intervals, &ramp).rising;
  for (uint32_t band = 0; band < OSSICLE_FRONTEND_MEL_BANDS; band++) {
    const ossicle_frontend_ramps next = ossicle_frontend_next_ramps(&intervals, &ramp);
    levels[band] = level(rising + next.falling, (uint32_t)ossicle_frontend_offset[band] + scale,
                         OSSICLE_FRONTEND_STEPS_PER_OCTAVE(band));
    rising = next.rising;
  }
}

#endif
