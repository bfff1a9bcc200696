/* Per-channel energy normalisation: (E / (eps + M)^alpha + delta)^r - delta^r, in octaves.
 *
 * E is counted in units of which a full-scale sine has 2^PCEN_UNITS; the generator of the tables
 * chooses these such that the loudest sound there is stays below 2^62.
 */
#include "ossicle_frontend_internal.h"
#include "ossicle_frontend_logarithm.h"

#if OSSICLE_FRONTEND_PCEN

#define OCTAVE (1 << 24)
#define TERMS (sizeof ossicle_frontend_exp2 / sizeof ossicle_frontend_exp2[0])

/* log2(number), Q24, number > 0. */
static int32_t log2_of(uint64_t number) {
  const uint32_t high = (uint32_t)(number >> 32);
  const uint32_t low = (uint32_t)number;
  return high != 0 ? (int32_t)(ossicle_frontend_log2_q24(high, low) + 63u * OCTAVE)
                   : (int32_t)(ossicle_frontend_log2_q24(low, 0) + 31u * OCTAVE);
}

/* 2^octaves, rounded down, of 62 octaves at most; below 1 it is 0. Taylor's series about the
 * nearest whole octave: its sums are below 2^30 sqrt(2). */
static uint64_t exp2_of(int32_t octaves) {
  if (octaves < -2 * OCTAVE) {
    return 0;
  }
  const int32_t whole = (octaves + OCTAVE / 2) >> 24;
  const int32_t rest = (octaves - whole * OCTAVE) * (1 << 7); /* Q31, -2^30 to 2^30 */
  int32_t sum = ossicle_frontend_exp2[TERMS - 1];
  for (size_t term = TERMS - 1; term-- > 0;) {
    sum = ossicle_frontend_exp2[term] + 2 * ossicle_frontend_mul(sum, rest);
  }
  return whole >= 30 ? (uint64_t)sum << (whole - 30) : (uint64_t)sum >> (30 - whole);
}

/* Takes the energy of a frame into its recursive average. Each difference is below 2^63. */
static uint64_t smoothed(uint64_t mean, uint64_t energy) {
  return energy >= mean
             ? mean + ossicle_frontend_mul_wide(energy - mean, OSSICLE_FRONTEND_PCEN_SMOOTHING)
             : mean - ossicle_frontend_mul_wide(mean - energy, OSSICLE_FRONTEND_PCEN_SMOOTHING);
}

static int32_t times(int32_t octaves, int32_t factor_q30) {
  return (int32_t)((int64_t)octaves * factor_q30 >> 30);
}

/* E / (eps + M)^alpha in Q24, at most 2^55. E is 1 unit to 2^62 of them, the mean has 0 to 63
 * octaves, and LIFT lies between alpha UNITS and 61: the sum stays within 127 octaves. */
static uint64_t controlled(int32_t octaves, uint64_t mean) {
  const int32_t gain = OSSICLE_FRONTEND_PCEN_LIFT - times(log2_of(mean + OSSICLE_FRONTEND_PCEN_EPS),
                                                          OSSICLE_FRONTEND_PCEN_ALPHA);
  const int32_t sum = octaves + gain;
  return exp2_of((sum < 31 * OCTAVE ? sum : 31 * OCTAVE) + 24 * OCTAVE);
}

/* (x + delta)^r - delta^r as a value: x is in Q24, the result before its last step in Q20, where
 * what is above 2^29 is clipped. */
static int16_t compressed(uint64_t x) {
  const int32_t octaves = log2_of(x + OSSICLE_FRONTEND_PCEN_DELTA) - 24 * OCTAVE;
  const uint64_t root = exp2_of(times(octaves, OSSICLE_FRONTEND_PCEN_R) + 20 * OCTAVE);
  const int64_t height = (int64_t)root - OSSICLE_FRONTEND_PCEN_ROOT;
  const int64_t clipped = height < 1 << 29 ? height : 1 << 29;
  return ossicle_frontend_value_of((clipped * OSSICLE_FRONTEND_PCEN_STEPS) >> 36);
}

void ossicle_frontend_pcen(ossicle_frontend_stages *stages, const ossicle_frontend_level *levels,
                           int16_t *values) {
  for (uint32_t band = 0; band < OSSICLE_FRONTEND_MEL_BANDS; band++) {
    int32_t octaves = levels[band];
    uint64_t energy = 0;
    if (octaves != OSSICLE_FRONTEND_SILENT) {
      octaves >>= OSSICLE_FRONTEND_PCEN_HALVED;
      energy = exp2_of(octaves + OSSICLE_FRONTEND_PCEN_UNITS * OCTAVE);
    }
    const uint64_t mean = stages->frames > 0 ? smoothed(stages->mean[band], energy) : energy;
    stages->mean[band] = mean;
    values[band] = compressed(energy > 0 ? controlled(octaves, mean) : 0);
  }
}

#endif
