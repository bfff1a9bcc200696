/* From a spectrum to int8 levels: power, mel bands, logarithm, step.
 *
 * The triangles of the mel bands overlap so that between two neighbouring centres (an interval) one
 * band falls from 1 to 0 while the next rises from 0 to 1. So an interval needs two sums of the
 * power P[k] of its bins only: the sum itself, and the sum of (end - k) P[k], which is the running
 * sum of running sums.
 */
#include "ossicle_frontend_arithmetic.h"
#include "ossicle_frontend_internal.h"

#define LOG_FRACTION_BITS (31 - OSSICLE_FRONTEND_LOG_BITS)

typedef struct {
  uint64_t falling; /* power of the interval, weighted by the ramp that falls from 1 to 0 */
  uint64_t rising;
} ramps;

OSSICLE_FRONTEND_INLINE ramps weighted(const ossicle_frontend_interval *intervals, uint32_t index) {
  uint64_t total = intervals[index].total;
  uint64_t moment = intervals[index].moment;
  ramps result;
  result.falling = ossicle_frontend_mul_wide(moment, ossicle_frontend_slope[index]) -
                   ossicle_frontend_mul_wide(total, ossicle_frontend_start[index]);
  total >>= 32 - OSSICLE_FRONTEND_RAMP_BITS;
  /* rounding may carry a falling ramp of 1 one unit too high */
  result.rising = result.falling < total ? total - result.falling : 0;
  return result;
}

/* log2(power) in Q24, power > 0: the table between its entries linearly. */
static int32_t log2_q24(uint64_t power) {
  uint32_t zeros = ossicle_frontend_leading_zeros(power);
  int32_t exponent = 63 - (int32_t)zeros;
  power <<= zeros;
  uint32_t mantissa = (uint32_t)(power >> 32) & INT32_MAX; /* the digits after the leading 1 */
  const int32_t *entry = ossicle_frontend_log2 + (mantissa >> LOG_FRACTION_BITS);
  uint64_t fraction = mantissa & ((1u << LOG_FRACTION_BITS) - 1);
  return exponent * (1 << 24) + entry[0] +
         (int32_t)((fraction * (uint32_t)(entry[1] - entry[0])) >> LOG_FRACTION_BITS);
}

/* The level of a band in steps above the floor, halves up, as int8. */
static int8_t level(uint64_t power, uint32_t band, int32_t gain) {
  if (power == 0) {
    return INT8_MIN;
  }
  int32_t octaves = log2_q24(power) + ossicle_frontend_offset[band] - 2 * gain * (1 << 24);
  int64_t product = (int64_t)octaves * OSSICLE_FRONTEND_STEPS_PER_OCTAVE(band);
  int32_t steps = (int32_t)((product + ((int64_t)1 << 47)) >> 48) + INT8_MIN;
  return (int8_t)(steps < INT8_MIN ? INT8_MIN : steps > INT8_MAX ? INT8_MAX : steps);
}

void ossicle_frontend_levels(const ossicle_frontend_interval *intervals, int32_t gain,
                             int8_t *column) {
  uint64_t rising = 0;
  for (uint32_t i = 0; i <= OSSICLE_FRONTEND_MEL_BANDS; i++) {
    ramps next = weighted(intervals, i);
    if (i > 0) {
      column[i - 1] = level(rising + next.falling, i - 1, gain);
    }
    rising = next.rising;
  }
}
