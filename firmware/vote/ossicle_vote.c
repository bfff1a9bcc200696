#include "ossicle_vote.h"

#include <string.h>

/* A level is at most 255, so N = OSSICLE_VOTE_WINDOWS_MAX of them sum to 521,985. */
static int32_t vote_level(int8_t output) { return output + 128; }

#if OSSICLE_VOTE_RULE == OSSICLE_VOTE_SOFT

static void vote_cast(int32_t *totals, const int8_t *output) {
  for (int i = 0; i < OSSICLE_VOTE_CLASSES; ++i) {
    totals[i] += vote_level(output[i]);
  }
}

#elif OSSICLE_VOTE_RULE == OSSICLE_VOTE_MAJORITY

/* 2^19, the least power of two that no sum of levels reaches: it can decide between as many votes,
 * never against a vote. N * 2^19 + 521,985 < 2^31. */
#define ONE_VOTE 524288

static void vote_cast(int32_t *totals, const int8_t *output) {
  int best = 0;
  for (int i = 0; i < OSSICLE_VOTE_CLASSES; ++i) {
    best = output[i] > output[best] ? i : best;
    totals[i] += vote_level(output[i]);
  }
  totals[best] += ONE_VOTE;
}

#elif OSSICLE_VOTE_RULE == OSSICLE_VOTE_MAX

static void vote_cast(int32_t *totals, const int8_t *output) {
  for (int i = 0; i < OSSICLE_VOTE_CLASSES; ++i) {
    totals[i] = vote_level(output[i]) > totals[i] ? vote_level(output[i]) : totals[i];
  }
}

#elif OSSICLE_VOTE_RULE == OSSICLE_VOTE_ATTENTION

#if OSSICLE_VOTE_CLASSES > 256
#error "the attention's sum is proven to fit 32 bits for 256 classes"
#endif

#define OCTAVES 4 /* a weight is 2^-4 to 2^4 times that of a window that attention ignores */

/* 32 steps an octave, for each class. */
static const int8_t vote_attention[OSSICLE_VOTE_CLASSES] = OSSICLE_VOTE_WEIGHTS;

/* round(128 * 2^(i / 32)) */
static const uint8_t vote_powers[32] = {128, 131, 134, 137, 140, 143, 146, 149, 152, 156, 159,
                                        162, 166, 170, 173, 177, 181, 185, 189, 193, 197, 202,
                                        206, 211, 215, 220, 225, 230, 235, 240, 245, 251};

/* 16 * 2^(step / 32), rounded down, where step = 128 + the sum over classes of attention times the
 * squared probability (level / 256), rounded down and clipped to 0..255.
 *
 * Before the shift the magnitude is at most 256 classes * 128 * 255^2 = 2,130,739,200, with the
 * middle added still below 2^31. What is shifted is never negative, so every compiler shifts alike.
 */
static int32_t vote_weight(const int8_t *output) {
  const int32_t middle = OCTAVES * 32 * 65536;
  int32_t sum = 0;
  for (int i = 0; i < OSSICLE_VOTE_CLASSES; ++i) {
    sum += vote_attention[i] * (vote_level(output[i]) * vote_level(output[i]));
  }
  sum = sum < -middle ? -middle : sum;
  uint32_t step = (uint32_t)(sum + middle) >> 16;
  step = step > 255u ? 255u : step;
  return (int32_t)(((uint32_t)vote_powers[step % 32u] << (step / 32u)) >> 3);
}

/* A weight is at most 251 * 2^7 / 2^3 = 4,016; N * 4,016 * 255 = 2,096,291,760 < 2^31. */
static void vote_cast(int32_t *totals, const int8_t *output) {
  const int32_t factor = vote_weight(output);
  for (int i = 0; i < OSSICLE_VOTE_CLASSES; ++i) {
    totals[i] += factor * vote_level(output[i]);
  }
}

#else
#error "ossicle_vote_rule.h names no rule"
#endif

void ossicle_vote_reset(ossicle_vote *vote) { memset(vote, 0, sizeof *vote); }

/* That is >=, of which compilers warn where nothing is silent. */
int ossicle_vote_is_heard(uint16_t peak) { return peak + 1 > OSSICLE_VOTE_SILENCE_PEAK; }

int ossicle_vote_has_room(const ossicle_vote *vote, uint16_t peak) {
  return vote->windows < OSSICLE_VOTE_WINDOWS_MAX || ossicle_vote_is_heard(peak) != vote->heard;
}

void ossicle_vote_add(ossicle_vote *vote, const int8_t *output, uint16_t peak) {
  const int heard = ossicle_vote_is_heard(peak);
  if (vote->heard && !heard) {
    return;
  }
  if (heard && !vote->heard) { /* the first sound: the silence before it has no say any more */
    ossicle_vote_reset(vote);
    vote->heard = 1;
  }
  vote_cast(vote->totals, output);
  ++vote->windows;
}

uint16_t ossicle_vote_label(const ossicle_vote *vote) {
  uint16_t best = 0;
  for (uint16_t i = 1; i < OSSICLE_VOTE_CLASSES; ++i) {
    best = vote->totals[i] > vote->totals[best] ? i : best;
  }
  return best;
}
