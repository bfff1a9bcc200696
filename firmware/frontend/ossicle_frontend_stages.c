/* What follows the levels of a frame: PCEN or MFCC, and deltas over several frames.
 *
 * Values are features with 8 more fraction bits, rounded down, so that rounding them to int8 once
 * more is the same as rounding once. The values of a frame and its neighbours are held in a ring.
 */
#include "ossicle_frontend_internal.h"

#if OSSICLE_FRONTEND_STAGED

#include <string.h>

#define REACH OSSICLE_FRONTEND_DELTA_REACH
#define RING OSSICLE_FRONTEND_RING
#define VALUES OSSICLE_FRONTEND_VALUES

static int8_t int8_of(int64_t feature) {
  return (int8_t)(feature < INT8_MIN ? INT8_MIN : feature > INT8_MAX ? INT8_MAX : feature);
}

#if !OSSICLE_FRONTEND_PCEN && !OSSICLE_FRONTEND_COEFFICIENTS

static void values_of(const ossicle_frontend_level *levels, int16_t *values) {
  for (uint32_t band = 0; band < OSSICLE_FRONTEND_MEL_BANDS; band++) {
    const int64_t product = (int64_t)levels[band] * OSSICLE_FRONTEND_STEPS_PER_OCTAVE(band);
    values[band] = ossicle_frontend_value_of(product >> 40);
  }
}

#endif

/* The values that are `ago` frames older than the newest. */
static int16_t *held(ossicle_frontend_stages *stages, uint32_t ago) {
  return stages->values[(stages->newest + RING - ago) % RING];
}

#if OSSICLE_FRONTEND_DELTA_ORDER

/* A value's slope over 2 reach + 1 frames, by the weights of its regression; these sum up to 72^2
 * at most, so the sum stays below 2^15 2^13. */
static int8_t slope(const int16_t *const *frames, uint32_t value, const int16_t *weights,
                    uint32_t reach, int64_t scale) {
  int32_t sum = 0;
  for (uint32_t i = 0; i <= 2 * reach; i++) {
    sum += weights[i] * frames[i][value];
  }
  return int8_of((sum * scale + ((int64_t)1 << 39)) >> 40);
}

static void write_deltas(ossicle_frontend_stages *stages, int8_t *column) {
  const uint32_t once = REACH / OSSICLE_FRONTEND_DELTA_ORDER;
  const int16_t *frames[RING]; /* oldest first */
  for (uint32_t i = 0; i < RING; i++) {
    frames[i] = held(stages, RING - 1 - i);
  }
  for (uint32_t value = 0; value < VALUES; value++) {
    column[VALUES + value] = slope(frames + REACH - once, value, ossicle_frontend_regression, once,
                                   OSSICLE_FRONTEND_DELTA_SCALE);
#if OSSICLE_FRONTEND_DELTA_ORDER == 2
    column[2 * VALUES + value] = slope(frames, value, ossicle_frontend_regression_twice, REACH,
                                       OSSICLE_FRONTEND_DELTA_SCALE_TWICE);
#endif
  }
}

#endif

/* Writes the column that the newest values complete; there is none for the first REACH of them. */
static void complete(ossicle_frontend_stages *stages, int8_t *column) {
  stages->complete = stages->frames >= REACH;
  if (!stages->complete) {
    return;
  }
  const int16_t *values = held(stages, REACH);
  for (uint32_t value = 0; value < VALUES; value++) {
    column[value] = int8_of((values[value] + 128) >> 8);
  }
#if OSSICLE_FRONTEND_DELTA_ORDER
  write_deltas(stages, column);
#endif
}

/* The values are there. Beyond both ends of the sound its outer frames repeat. */
static void take(ossicle_frontend_stages *stages, int8_t *column) {
  if (stages->frames == 0) {
    for (uint32_t ago = 1; ago < RING; ago++) {
      memcpy(held(stages, ago), held(stages, 0), sizeof stages->values[0]);
    }
  }
  complete(stages, column);
  stages->frames += stages->frames <= REACH;
}

void ossicle_frontend_column(ossicle_frontend_stages *stages, ossicle_frontend_level *levels,
                             int8_t *column) {
  stages->newest = (stages->newest + 1) % RING;
#if OSSICLE_FRONTEND_PCEN
  ossicle_frontend_pcen(stages, levels, held(stages, 0));
#elif OSSICLE_FRONTEND_COEFFICIENTS
  ossicle_frontend_mfcc(levels, held(stages, 0));
#else
  values_of(levels, held(stages, 0));
#endif
  take(stages, column);
}

int ossicle_frontend_last_column(ossicle_frontend_stages *stages, int8_t *column) {
#if OSSICLE_FRONTEND_DELTA_ORDER
  while (stages->repeated < REACH) {
    stages->repeated++;
    stages->newest = (stages->newest + 1) % RING;
    memcpy(held(stages, 0), held(stages, 1), sizeof stages->values[0]);
    take(stages, column);
    if (stages->complete) {
      return 1;
    }
  }
#else
  (void)stages, (void)column;
#endif
  return 0;
}

#endif
