/* From samples to the points of the complex FFT.
 *
 * The frame is read from its centre on, and round: that changes no power, and its quarters, of
 * POINTS samples each, then have windows that rise (0 and 1) and fall (2 and 3) with no break. Let
 * x[n] be its windowed samples. With y[n] = x[n] - x[n + 2 POINTS],
 *
 *   sum over n < POINTS of (y[n] - i y[n + POINTS]) exp(-2 pi i n (4k + 1) / FFT_LENGTH)
 *
 * is bin 4k + 1, and bins 4k + 3 are its conjugates. The even bins are the spectrum of
 * x[n] + x[n + 2 POINTS], whose even and odd samples are the two parts of a complex point.
 *
 * Nothing overflows: a weighed sample is in -2^30 to 2^30 - 1, and the sum or difference of two
 * fits 32 bits. After the shift it is at most 2^PEAK_BITS, where the frame has the gain that its
 * headroom allows. The odd bins' points keep one bit more, because turning them halves.
 */
#include "ossicle_frontend_internal.h"

#define POINTS OSSICLE_FRONTEND_POINTS
#define LEFT OSSICLE_FRONTEND_LEFT
#define RIGHT OSSICLE_FRONTEND_RIGHT

#if defined(OSSICLE_FRONTEND_MVE)

#include "ossicle_frontend_fold_mve.h"
#include "ossicle_frontend_split_mve.h"

#else

#include "ossicle_frontend_put.h"
#include "ossicle_frontend_split.h"
#include "ossicle_frontend_weigh.h"

/* Where the samples n of quarter 2 lie, and behind them those of 3, 0 and 1; the weight of the
 * first of quarter 0, and the one below that of the first of quarter 3. */
typedef struct {
  const ossicle_frontend_sample *samples;
  const int32_t *rising;
  const int32_t *falling;
} places;

/* The samples of a quarter, and their weights. */
#define QUARTER_0 at.samples, 2 * POINTS, ossicle_frontend_next_weights(&at.rising, 1)
#define QUARTER_1 at.samples, 3 * POINTS, ossicle_frontend_weights_at(at.rising, POINTS, 1)
#define QUARTER_2 at.samples, 0, ossicle_frontend_weights_at(at.falling, POINTS, -1)
#define QUARTER_3 at.samples, POINTS, ossicle_frontend_next_weights(&at.falling, -1)

/* Whether the window covers sample n of a quarter; n where the quarter's window begins or ends.
 * What it covers of quarters 2 and 1 it covers of 0 and 3, on the other side. */
#define COVERS_0(n) ((n) < RIGHT)
#define COVERS_1(n) ((n) + POINTS < RIGHT)
#define COVERS_2(n) ((n) + LEFT >= 2 * POINTS)
#define COVERS_3(n) ((n) + LEFT >= POINTS)
#define FALL (RIGHT > POINTS ? RIGHT - POINTS : RIGHT)
#define RISE (LEFT > POINTS ? 2 * POINTS - LEFT : POINTS - LEFT)
#define FIRST_BORDER (FALL < RISE ? FALL : RISE)
#define SECOND_BORDER (FALL < RISE ? RISE : FALL)

static places place(const ossicle_frontend_sample *samples, int from) {
  const places at = {samples + LEFT - 2 * POINTS + from, ossicle_frontend_window + from,
                     ossicle_frontend_window + POINTS - 2 + OSSICLE_FRONTEND_MIRROR - from};
  return at;
}

/* `from` is a constant, so that quarters without a window there cost nothing. */
OSSICLE_FRONTEND_INLINE void fold_odd(places at, ossicle_frontend_value shift,
                                      ossicle_frontend_complex *points, int from, int to) {
  ossicle_frontend_cursor cursor = ossicle_frontend_cursor_at(from);
  while (!ossicle_frontend_is_at(cursor, to)) {
    ossicle_frontend_two re = {0}, im = {0};
    if (COVERS_2(from)) {
      re = ossicle_frontend_weigh(QUARTER_2);
    }
    if (COVERS_1(from)) {
      im = ossicle_frontend_weigh(QUARTER_1);
    }
    if (COVERS_0(from)) {
      re = ossicle_frontend_weigh_subtract(re, QUARTER_0);
    }
    if (COVERS_3(from)) {
      im = ossicle_frontend_weigh_subtract(im, QUARTER_3);
    }
    ossicle_frontend_put_next(re.first >> shift, im.first >> shift, points, &cursor);
    ossicle_frontend_put_next(re.second >> shift, im.second >> shift, points, &cursor);
    at.samples += 2;
  }
}

OSSICLE_FRONTEND_INLINE void fold_even(places at, ossicle_frontend_value shift,
                                       ossicle_frontend_complex *points, int from, int to) {
  ossicle_frontend_cursor cursor = ossicle_frontend_cursor_at(from / 2);
  while (!ossicle_frontend_is_at(cursor, to / 2)) {
    ossicle_frontend_complex *places[2];
    ossicle_frontend_two low = {0}, high = {0};
    if (COVERS_2(from)) {
      low = ossicle_frontend_weigh(QUARTER_2);
    }
    if (COVERS_1(from)) {
      high = ossicle_frontend_weigh(QUARTER_1);
    }
    if (COVERS_0(from)) {
      low = ossicle_frontend_weigh_add(low, QUARTER_0);
    }
    if (COVERS_3(from)) {
      high = ossicle_frontend_weigh_add(high, QUARTER_3);
    }
    ossicle_frontend_next_places(points, &cursor, places);
    ossicle_frontend_put(low.first >> shift, low.second >> shift, places[0]);
    ossicle_frontend_put(high.first >> shift, high.second >> shift, places[1]);
    at.samples += 2;
  }
}

void ossicle_frontend_fold_odd(const ossicle_frontend_sample *samples, ossicle_frontend_value gain,
                               ossicle_frontend_complex *points) {
  const ossicle_frontend_value shift = 29 - OSSICLE_FRONTEND_PEAK_BITS - gain;
  fold_odd(place(samples, 0), shift, points, 0, FIRST_BORDER);
  fold_odd(place(samples, FIRST_BORDER), shift, points, FIRST_BORDER, SECOND_BORDER);
  fold_odd(place(samples, SECOND_BORDER), shift, points, SECOND_BORDER, POINTS);
}

void ossicle_frontend_fold_even(const ossicle_frontend_sample *samples, ossicle_frontend_value gain,
                                ossicle_frontend_complex *points) {
  const ossicle_frontend_value shift = 30 - OSSICLE_FRONTEND_PEAK_BITS - gain;
  fold_even(place(samples, 0), shift, points, 0, FIRST_BORDER);
  fold_even(place(samples, FIRST_BORDER), shift, points, FIRST_BORDER, SECOND_BORDER);
  fold_even(place(samples, SECOND_BORDER), shift, points, SECOND_BORDER, POINTS);
}

#endif

#if defined(OSSICLE_FRONTEND_SMALL)
const int32_t *ossicle_frontend_eighth_of_a_turn(void) { return ossicle_frontend_turn; }
#endif

/* Bin 0 carries no weight and is left; bin POINTS / 2 is Z's own, up to a sign. */
#if defined(OSSICLE_FRONTEND_MVE)

/* The first vector has, ahead of three pairs, point 0 twice, which that spoils. Of the factors,
 * which lie by fours, every second one is wanted. */
void ossicle_frontend_split(ossicle_frontend_complex *points) {
  int32_t *words = &points->re;
  const uint32x4_t high = ossicle_frontend_addresses(words, 2 * POINTS, -2);
  const uint32x4_t fours = ossicle_frontend_addresses(ossicle_frontend_turn, 0, 4);
  const uint32x4_t factors = vsubq_m_n_u32(fours, fours, 8, ossicle_frontend_predicate(0xf0f0));
  const uint32x4_t first =
      vdupq_m_n_u32(high, (uint32_t)(uintptr_t)words, ossicle_frontend_predicate(0x000f));
  ossicle_frontend_split_fours(words, first, factors, 1);
  ossicle_frontend_split_fours(words + 8, vsubq_n_u32(high, 32), vaddq_n_u32(factors, 64),
                               POINTS / 8 - 1);
}

#else

void ossicle_frontend_split(ossicle_frontend_complex *points) {
  ossicle_frontend_complex *high = points + POINTS - 1;
  ossicle_frontend_complex *low = points + 1;
#if defined(OSSICLE_FRONTEND_SMALL)
  const int32_t *factor = ossicle_frontend_turn + 4;
  while (factor < ossicle_frontend_turn + POINTS) {
    ossicle_frontend_split_pair(&low, &high, &factor);
  }
  for (; low != high; factor -= 4) { /* beyond an eighth of a turn */
    const int32_t exchanged[2] = {factor[1], factor[0]};
    const int32_t *at = exchanged;
    ossicle_frontend_split_pair(&low, &high, &at);
  }
#else
  const int32_t *factor = ossicle_frontend_turn + 4;
  while (low != high) {
    ossicle_frontend_split_pair(&low, &high, &factor);
  }
#endif
}

#endif
