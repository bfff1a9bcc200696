/* The power of the bins, summed over the intervals between neighbouring mel frequencies.
 *
 * Bins come two apart, the odd ones and then the even ones. Two sums are enough for both ramps of
 * an interval (ossicle_frontend_ramps.h): that of the powers and, because the running sum of a
 * running sum counts a bin once for every step to the end, that of the powers times their distance
 * from the end.
 */
#include "ossicle_frontend_internal.h"
#include "ossicle_frontend_sums.h"
#if defined(OSSICLE_FRONTEND_MVE)
#include "ossicle_frontend_sums_mve.h"
#endif

#define LAST_EDGE (ossicle_frontend_edge + OSSICLE_FRONTEND_MEL_BANDS + 1)

/* Sums and adds over one interval; where that is wide, vectors take its bins by fours. */
#if defined(OSSICLE_FRONTEND_MVE) && OSSICLE_FRONTEND_TOTAL_BITS <= OSSICLE_FRONTEND_FOURS_BITS

OSSICLE_FRONTEND_INLINE void sum_up_to(ossicle_frontend_bins *bins, uint32_t bin, uint32_t edge,
                                       ossicle_frontend_interval **interval) {
  if (edge >= bin + 2 * OSSICLE_FRONTEND_WIDE) {
    ossicle_frontend_sum_fours_by_turns(bins, bin, edge, interval);
  } else {
    ossicle_frontend_sum_by_turns(bins, bin, edge, interval);
  }
}

OSSICLE_FRONTEND_INLINE void add_up_to(ossicle_frontend_bins *bins,
                                       const ossicle_frontend_complex *end, uint32_t edge,
                                       ossicle_frontend_interval **interval) {
  if (end >= bins->up + OSSICLE_FRONTEND_WIDE) {
    ossicle_frontend_add_fours_in_turn(bins, end, edge, interval);
  } else {
    ossicle_frontend_add_in_turn(bins, end, edge, interval);
  }
}

#else

#define sum_up_to ossicle_frontend_sum_by_turns
#define add_up_to ossicle_frontend_add_in_turn

#endif

/* Bin 4k + 1 is point k; bin 4k + 3 is the conjugate of the k-th point from the end. */
void ossicle_frontend_sum_odd_bins(const ossicle_frontend_complex *points,
                                   ossicle_frontend_interval *intervals) {
  const uint16_t *edge = ossicle_frontend_edge;
  uint32_t bin = *edge | 1u;
  ossicle_frontend_bins bins = {points + (bin + 2) / 4,
                                points + OSSICLE_FRONTEND_POINTS - 1 - bin / 4};
  while (edge != LAST_EDGE) {
    const uint32_t end = *++edge;
    sum_up_to(&bins, bin, end, &intervals);
    bin = end | 1u;
  }
}

/* Bin 2k is point k. */
void ossicle_frontend_add_even_bins(const ossicle_frontend_complex *points,
                                    ossicle_frontend_interval *intervals) {
  const uint16_t *edge = ossicle_frontend_edge;
  ossicle_frontend_bins bins = {points + (*edge + 1) / 2, points};
  while (edge != LAST_EDGE) {
    const uint32_t end = *++edge;
    add_up_to(&bins, points + (end + 1) / 2, end, &intervals);
  }
}
