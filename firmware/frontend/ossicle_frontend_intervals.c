/* The power of the bins, summed over the intervals between neighbouring mel frequencies.
 *
 * Bins come two apart, the odd ones and then the even ones. Two sums are enough for both ramps of
 * an interval (ossicle_frontend_ramps.h): that of the powers and, because the running sum of a
 * running sum counts a bin once for every step to the end, that of the powers times their distance
 * from the end.
 */
#include "ossicle_frontend_internal.h"
#include "ossicle_frontend_sums.h"

#if defined(OSSICLE_FRONTEND_FIRST_EDGE) /* the bins of each interval are counted */

#include "ossicle_frontend_sums_mve.h"

void ossicle_frontend_sum_odd_bins(const ossicle_frontend_complex *points,
                                   ossicle_frontend_interval *intervals) {
  const uint32_t bin = OSSICLE_FRONTEND_FIRST_EDGE | 1u;
  const ossicle_frontend_bins bins = {points + (bin + 2) / 4,
                                      points + OSSICLE_FRONTEND_POINTS - 1 - bin / 4};
  ossicle_frontend_sum_odd_mve(bins, intervals);
}

void ossicle_frontend_add_even_bins(const ossicle_frontend_complex *points,
                                    ossicle_frontend_interval *intervals) {
  const ossicle_frontend_bins bins = {points + (OSSICLE_FRONTEND_FIRST_EDGE + 1) / 2, points};
  ossicle_frontend_add_even_mve(bins, intervals);
}

#else

#define LAST_EDGE (ossicle_frontend_edge + OSSICLE_FRONTEND_MEL_BANDS + 1)

/* Bin 4k + 1 is point k; bin 4k + 3 is the conjugate of the k-th point from the end. */
void ossicle_frontend_sum_odd_bins(const ossicle_frontend_complex *points,
                                   ossicle_frontend_interval *intervals) {
  const uint16_t *edge = ossicle_frontend_edge;
  uint32_t bin = *edge | 1u;
  ossicle_frontend_bins bins = {points + (bin + 2) / 4,
                                points + OSSICLE_FRONTEND_POINTS - 1 - bin / 4};
  while (edge != LAST_EDGE) {
    const uint32_t end = *++edge;
    ossicle_frontend_sum_by_turns(&bins, bin, end, &intervals);
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
    ossicle_frontend_add_in_turn(&bins, points + (end + 1) / 2, end, &intervals);
  }
}

#endif
