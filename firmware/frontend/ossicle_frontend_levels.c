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

/* |re|, |im| < 2^31, so a power is below 2^63; the generator chose POWER_SHIFT so that `moment` of
 * the longest interval stays below 2^64. */
static ramps interval(const ossicle_frontend_complex *spectrum, uint32_t index) {
  uint64_t total = 0;
  uint64_t moment = 0;
  ramps result;
  for (uint32_t k = ossicle_frontend_edge[index]; k < ossicle_frontend_edge[index + 1]; k++) {
    int64_t re = spectrum[k].re;
    int64_t im = spectrum[k].im;
    total += (uint64_t)(re * re + im * im) >> OSSICLE_FRONTEND_POWER_SHIFT;
    moment += total;
  }
  result.falling = ossicle_frontend_mul_wide(moment, ossicle_frontend_slope[index]) -
                   ossicle_frontend_mul_wide(total, ossicle_frontend_start[index]);
  total >>= 32 - OSSICLE_FRONTEND_RAMP_BITS;
  /* rounding may carry a falling ramp of 1 one unit too high */
  result.rising = result.falling < total ? total - result.falling : 0;
  return result;
}

/* log2(power) in Q24, power > 0: the table between its entries linearly. */
static int32_t log2_q24(uint64_t power) {
  int32_t exponent = 63;
  for (int32_t step = 32; step > 0; step /= 2) {
    if (power >> (64 - step) == 0) {
      power <<= step;
      exponent -= step;
    }
  }
  uint32_t mantissa = (uint32_t)(power >> 32) & INT32_MAX; /* the digits after the leading 1 */
  const int32_t *entry = ossicle_frontend_log2 + (mantissa >> LOG_FRACTION_BITS);
  int64_t fraction = mantissa & ((1u << LOG_FRACTION_BITS) - 1);
  return exponent * (1 << 24) + entry[0] +
         (int32_t)((fraction * (entry[1] - entry[0])) >> LOG_FRACTION_BITS);
}

/* The level of a band in steps above the floor, halves up, as int8. */
static int8_t level(uint64_t power, uint32_t band, int gain) {
  if (power == 0) {
    return INT8_MIN;
  }
  int32_t octaves = log2_q24(power) + ossicle_frontend_offset[band] - 2 * gain * (1 << 24);
  int64_t steps = (int64_t)octaves * OSSICLE_FRONTEND_STEPS_PER_OCTAVE;
  steps = ((steps + ((int64_t)1 << 47)) >> 48) + INT8_MIN;
  return (int8_t)(steps < INT8_MIN ? INT8_MIN : steps > INT8_MAX ? INT8_MAX : steps);
}

void ossicle_frontend_levels(const ossicle_frontend_complex *spectrum, int gain, int8_t *column) {
  uint64_t rising = interval(spectrum, 0).rising;
  for (uint32_t band = 0; band < OSSICLE_FRONTEND_MEL_BANDS; band++) {
    ramps next = interval(spectrum, band + 1);
    column[band] = level(rising + next.falling, band, gain);
    rising = next.rising;
  }
}
