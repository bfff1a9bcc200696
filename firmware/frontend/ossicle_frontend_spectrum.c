/* From the samples of a frame to the power in its mel intervals. */
#include <string.h>

#include "ossicle_frontend_internal.h"

/* Weighed samples have 30 bits, of which the frame keeps PEAK_BITS and, of the odd bins, one more.
 */
#define GAIN_MAX (29 - OSSICLE_FRONTEND_PEAK_BITS)

/* How far a frame may be shifted left, given the digits of its magnitudes: |sample| <= 2^bits, gain
 * + bits <= 15. */
static int32_t gain_of(uint32_t digits) {
  const int32_t gain = (int32_t)ossicle_frontend_leading_zeros((digits & 0xfffe) | 1) - 48;
  return gain < GAIN_MAX ? gain : GAIN_MAX;
}

/* A bit of a sample that differs from the next one down is a digit of the magnitude, but for the
 * lowest. */
#if defined(OSSICLE_FRONTEND_LANES)

static ossicle_frontend_value headroom(const ossicle_frontend_sample *samples) {
  ossicle_frontend_sample digits = {0};
  ossicle_frontend_value gain;
  for (uint32_t i = 0; i < OSSICLE_FRONTEND_SAMPLES; i++) {
    digits |= samples[i] ^ (samples[i] + samples[i]);
  }
  for (int l = 0; l < OSSICLE_FRONTEND_LANES; l++) {
    gain[l] = gain_of((uint16_t)digits[l]);
  }
  return gain;
}

#else

/* A word holds two samples. */
static int32_t headroom(const int16_t *samples) {
  uint32_t digits = 0;
  OSSICLE_FRONTEND_UNROLL(8)
  for (uint32_t i = 0; i < OSSICLE_FRONTEND_SAMPLES; i += 2) {
    uint32_t pair;
    memcpy(&pair, samples + i, sizeof pair);
    digits |= pair ^ pair << 1;
  }
  return gain_of(digits | digits >> 16);
}

#endif

ossicle_frontend_value ossicle_frontend_analyse(const ossicle_frontend_sample *samples,
                                                ossicle_frontend_complex *points,
                                                ossicle_frontend_interval *intervals) {
  ossicle_frontend_value gain = headroom(samples);
  ossicle_frontend_fold_odd(samples, gain, points);
  ossicle_frontend_fft(points);
  ossicle_frontend_sum_odd_bins(points, intervals);
  ossicle_frontend_fold_even(samples, gain, points);
  ossicle_frontend_fft(points);
  ossicle_frontend_split(points);
  ossicle_frontend_add_even_bins(points, intervals);
  return gain;
}
