/* The complex Fourier transform, in place: decimation in time, radix 4 (Cooley and Tukey, Math.
 * Comp. 19, 1965) with the factors of the conjugate-pair FFT (Kamar and Elcherif, Electronics
 * Letters 25, 1989). Each stage but the first halves, because a Q31 product does.
 *
 * Why nothing overflows: every value on the way is a sum of distinct windowed samples, each turned
 * and scaled by at most 1, halved once a stage; so its size is below 2^PEAK_BITS times the sum of
 * the window, over 2^halvings, and the generator of the tables chooses PEAK_BITS so that twice that
 * stays below 2^31 with room for the roundings.
 */
#include "ossicle_frontend_internal.h"
#if defined(OSSICLE_FRONTEND_MVE)
#include "ossicle_frontend_join_mve.h"
#include "ossicle_frontend_open_mve.h"
#else
#include "ossicle_frontend_butterfly.h"
#include "ossicle_frontend_factors.h"
#include "ossicle_frontend_open.h"
#endif

#define POINTS OSSICLE_FRONTEND_POINTS

#if defined(OSSICLE_FRONTEND_MVE)

/* The factors of the last stage, which has those of an eighth of a turn and, twice, of a quarter in
 * its middle. */
#define LAST_FACTORS                                                                               \
  (ossicle_frontend_twiddle +                                                                      \
   sizeof ossicle_frontend_twiddle / sizeof ossicle_frontend_twiddle[0] - POINTS)

static void open_blocks(ossicle_frontend_complex *points) {
  const int32_t *middle = LAST_FACTORS + POINTS / 2;
  ossicle_frontend_open_fours(points, middle[12], middle[4]);
}

/* Where the first of all butterflies of a stage find theirs; the factors of the stages lie one
 * behind the other. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_four first_four(ossicle_frontend_complex *points, int span,
                                                         const int32_t *factors) {
  char *first = (char *)points;
  const int apart = OSSICLE_FRONTEND_QUADS(span);
  const ossicle_frontend_four at = {first, first + apart, first + 2 * apart, first + 3 * apart,
                                    (const char *)factors};
  return at;
}

/* Joins every four transforms of `span` points, which lie one behind the other. */
OSSICLE_FRONTEND_INLINE void stage(ossicle_frontend_complex *points, int span) {
  const int32_t *factors = ossicle_frontend_twiddle + 4 * ((span - OSSICLE_FRONTEND_BLOCK) / 3);
  if (span == POINTS / 4) {
    ossicle_frontend_four at = first_four(points, span, factors);
    ossicle_frontend_join_last(&at, span / 4);
  } else if (span == OSSICLE_FRONTEND_BLOCK) {
    ossicle_frontend_four at = first_four(points, span, factors);
    ossicle_frontend_join_blocks(&at, POINTS / (4 * span));
  } else if (span < POINTS / 4) {
    for (int block = 0; block < POINTS; block += 4 * span) {
      ossicle_frontend_four at = first_four(points + block, span, factors);
      ossicle_frontend_join_fours(&at, span / 4);
    }
  }
}

#elif defined(OSSICLE_FRONTEND_SMALL)

typedef struct {
  ossicle_frontend_factor once;
  ossicle_frontend_factor twice;
} factors;

/* n is an eighth of a turn at most. */
OSSICLE_FRONTEND_INLINE factors factors_at(const int32_t *turn, uint32_t n) {
  const factors at = {{turn[2 * n], turn[2 * n + 1]}, ossicle_frontend_factor_at(turn, 2 * n)};
  return at;
}

/* Those of what is missing to a quarter of a turn. */
OSSICLE_FRONTEND_INLINE factors mirrored(factors at) {
  const factors missing = {{at.once.sine, at.once.cosine}, {-at.twice.cosine, at.twice.sine}};
  return missing;
}

/* The first stage, or the first two, in blocks of as many points. */
static void open_blocks(ossicle_frontend_complex *points) {
  const factors eighth = factors_at(ossicle_frontend_eighth_of_a_turn(), OSSICLE_FRONTEND_EIGHTH);
  ossicle_frontend_complex *block = points;
  do {
    ossicle_frontend_open_block(&block, &eighth.once.cosine);
  } while (block != points + POINTS);
}

/* Joins every four transforms of `span` points, which lie one behind the other: first all points
 * that have the same factors, then those whose factors are mirrored. */
OSSICLE_FRONTEND_INLINE void stage(ossicle_frontend_complex *points, int span) {
  const int32_t *turn = ossicle_frontend_eighth_of_a_turn();
  for (int k = 0; span < POINTS && k <= span / 2; k++) {
    factors at = factors_at(turn, (uint32_t)(k * (POINTS / span)));
    ossicle_frontend_complex *first = points + k;
    for (;;) {
      ossicle_frontend_complex *point = first;
      do {
        const int32_t *factor = &at.once.cosine;
        ossicle_frontend_join(&point, span, &factor, 0);
        point += 4 * span - 1;
      } while (point < points + POINTS);
      if (k == 0 || first >= points + span / 2) {
        break;
      }
      first = points + span - k;
      at = mirrored(at);
    }
  }
}

#else

/* The first stage, or the first two, in blocks of as many points. */
static void open_blocks(ossicle_frontend_complex *points) {
  ossicle_frontend_complex *block = points;
  do {
    ossicle_frontend_open_block(&block, ossicle_frontend_twiddle + POINTS / 2);
  } while (block != points + POINTS);
}

/* Joins every four transforms of `span` points, which lie one behind the other; `span` is even. */
OSSICLE_FRONTEND_INLINE void stage(ossicle_frontend_complex *points, int span) {
  if (span < POINTS) {
    for (ossicle_frontend_complex *block = points; block != points + POINTS; block += 4 * span) {
      ossicle_frontend_complex *point = block;
      const int32_t *factor = ossicle_frontend_twiddle;
      while (point != block + span) {
        ossicle_frontend_join(&point, span, &factor, POINTS / span);
        ossicle_frontend_join(&point, span, &factor, POINTS / span);
      }
    }
  }
}

#endif

void ossicle_frontend_fft(ossicle_frontend_complex *points) {
  open_blocks(points);
  stage(points, OSSICLE_FRONTEND_BLOCK);
  stage(points, 4 * OSSICLE_FRONTEND_BLOCK);
  stage(points, 16 * OSSICLE_FRONTEND_BLOCK);
  stage(points, 64 * OSSICLE_FRONTEND_BLOCK);
}
