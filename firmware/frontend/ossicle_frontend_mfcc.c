/* Mel-frequency cepstral coefficients: the DCT-II of the band levels.
 *
 * Nothing overflows: a level, in steps from the middle of the range, is within 2^7, in Q16 2^23;
 * times a cosine in Q30, and summed over 256 bands, 2^61.
 */
#include "ossicle_frontend_internal.h"

#if OSSICLE_FRONTEND_COEFFICIENTS

#define BANDS OSSICLE_FRONTEND_MEL_BANDS

/* cos(pi turn / (2 BANDS)), Q30, of a turn of 0 to 4 BANDS - 1: the table holds a quarter. */
static int32_t cosine(uint32_t turn) {
  if (turn > 2 * BANDS) {
    turn = 4 * BANDS - turn;
  }
  return turn > BANDS ? -ossicle_frontend_cosine[2 * BANDS - turn] : ossicle_frontend_cosine[turn];
}

/* A level in steps from the middle of the range, Q16, clipped to it. */
static int32_t centred(ossicle_frontend_level level, uint32_t band) {
  const int32_t top = 255 * (1 << 16);
  (void)band;      /* STEPS_PER_OCTAVE need not look at it */
  if (level < 0) { /* silence too */
    return -top / 2;
  }
  const int64_t steps = (int64_t)level * OSSICLE_FRONTEND_STEPS_PER_OCTAVE(band) >> 32;
  return (int32_t)(steps < top ? steps : top) - top / 2;
}

void ossicle_frontend_mfcc(ossicle_frontend_level *levels, int16_t *values) {
  for (uint32_t band = 0; band < BANDS; band++) {
    levels[band] = centred(levels[band], band);
  }
  for (uint32_t k = 0; k < OSSICLE_FRONTEND_COEFFICIENTS; k++) {
    uint32_t turn = k; /* (2 band + 1) k, less whole turns */
    int64_t sum = 0;
    for (uint32_t band = 0; band < BANDS; band++) {
      sum += (int64_t)levels[band] * cosine(turn);
      turn += 2 * k;
      turn -= turn < 4 * BANDS ? 0 : 4 * BANDS;
    }
    /* Q16 times Q24, of which Q8 is left: below 2^31 2^31, and the bias below 2^31 2^24 */
    const int64_t product = (sum >> 30) * ossicle_frontend_coefficient_gain[k];
    const int64_t biased = product + (int64_t)ossicle_frontend_coefficient_bias[k] * (1 << 24);
    values[k] = ossicle_frontend_value_of((biased >> 32) + 128 * 256);
  }
}

#endif
