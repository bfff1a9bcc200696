/* What a sample passes on its way into the window: DC blocking and pre-emphasis, as far as the
 * specification asks for them.
 *
 * The results have 16 bits again. What a rounding leaves over is added to the next sample, so that
 * no sample is off by a whole unit, and neither is the sum of any stretch of them: little of the
 * roundings' noise is at low frequencies, where these filters make the sound quiet.
 */
#include "ossicle_frontend_internal.h"

#if OSSICLE_FRONTEND_DC_BLOCKING

#define LEAK OSSICLE_FRONTEND_DC_BLOCKING

/* The mean, in Q15, is that of a recursive average of pole p; LEAK = 2^15 (1 - p). So
 * sample - mean is y[n] = x[n] - x[n - 1] + p y[n - 1].
 *
 * Nothing overflows. The mean moves towards the sample, never past it, and so stays between -2^30
 * and 2^30 - 2^15; a difference, with the rest, is in -2^31 + 2^15 to 2^31 - 1, and the products of
 * its upper bits and LEAK, both below 2^16 and 2^15, stay below 2^31. */
static int32_t without_mean(ossicle_frontend_filters *filters, int32_t sample) {
  const int32_t difference = sample * (1 << 15) - filters->mean;
  const int32_t rested = difference + filters->mean_rest;
  const int32_t centred = rested >> 15;
  filters->mean_rest = rested & 0x7fff;
  filters->mean += (difference >> 15) * LEAK + ((difference & 0x7fff) * LEAK >> 15);
  return centred < INT16_MIN ? INT16_MIN : centred > INT16_MAX ? INT16_MAX : centred;
}

#endif

#if OSSICLE_FRONTEND_PRE_EMPHASIS

/* Half of x[n] - c x[n - 1]: 2^15 x[n] - (2^15 c) x[n - 1], with the rest, is in
 * -2^31 to 2^31 - 1, so that half of it always fits 16 bits. */
static int32_t emphasised(ossicle_frontend_filters *filters, int32_t sample) {
  const int32_t twice = sample * (1 << 15) - filters->last * OSSICLE_FRONTEND_PRE_EMPHASIS;
  const int32_t rested = twice + filters->emphasis_rest;
  filters->last = sample;
  filters->emphasis_rest = rested & 0xffff;
  return rested >> 16;
}

#endif

#if OSSICLE_FRONTEND_FILTERED

void ossicle_frontend_filter(ossicle_frontend_filters *filters, const int16_t *pcm, size_t samples,
                             int16_t *filtered) {
  for (size_t i = 0; i < samples; i++) {
    int32_t sample = pcm[i];
#if OSSICLE_FRONTEND_DC_BLOCKING
    sample = without_mean(filters, sample);
#endif
#if OSSICLE_FRONTEND_PRE_EMPHASIS
    sample = emphasised(filters, sample);
#endif
    filtered[i] = (int16_t)sample;
  }
}

#endif
