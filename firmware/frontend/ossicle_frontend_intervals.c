/* The power of the bins, summed over the intervals between neighbouring mel frequencies.
 *
 * Bins come two apart, the odd ones and then the even ones. Two sums are enough for both ramps of
 * an interval (ossicle_frontend_levels.c): that of the powers and, because the running sum of a
 * running sum counts a bin once for every step to the end, that of the powers times their distance
 * from the end.
 */
#include "ossicle_frontend_internal.h"

#define POINTS OSSICLE_FRONTEND_POINTS
#define MOMENT_SHIFT OSSICLE_FRONTEND_MOMENT_SHIFT

/* An interval from the sums of bins two apart. Their steps count from the first bin at the end or,
 * if `beyond`, one behind it. MOMENT_SHIFT, which both lose, keeps the moment below 2^64. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_interval closed(const ossicle_frontend_sums *sums,
                                                         uint32_t beyond) {
  ossicle_frontend_interval interval;
  interval.total = sums->total >> MOMENT_SHIFT;
  interval.moment = ((ossicle_frontend_wide)sums->carry << (65 - MOMENT_SHIFT)) +
                    (sums->moment >> (MOMENT_SHIFT - 1));
  if (beyond) {
    interval.moment -= interval.total;
  }
  return interval;
}

/* Bin 4k + 1 is point k; bin 4k + 3 is the conjugate of the k-th point from the end. */
void ossicle_frontend_sum_odd_bins(const ossicle_frontend_complex *points,
                                   ossicle_frontend_interval *intervals) {
  const uint16_t *edge = ossicle_frontend_edge;
  uint32_t bin = edge[0] | 1u;
  const ossicle_frontend_complex *up = points + (bin + 2) / 4;
  const ossicle_frontend_complex *down = points + POINTS - 1 - bin / 4;
  for (uint32_t i = 0; i <= OSSICLE_FRONTEND_MEL_BANDS; i++) {
    ossicle_frontend_sums sums = {0};
    uint32_t end = edge[i + 1];
    if (bin < end && (bin & 2) != 0) {
      ossicle_frontend_add_bin(&sums, &down, -1);
      bin += 2;
    }
    for (; bin + 2 < end; bin += 4) {
      ossicle_frontend_add_bin(&sums, &up, 1);
      ossicle_frontend_add_bin(&sums, &down, -1);
    }
    if (bin < end) {
      ossicle_frontend_add_bin(&sums, &up, 1);
      bin += 2;
    }
    intervals[i] = closed(&sums, bin - end);
  }
}

/* Bin 2k is point k. */
void ossicle_frontend_add_even_bins(const ossicle_frontend_complex *points,
                                    ossicle_frontend_interval *intervals) {
  const uint16_t *edge = ossicle_frontend_edge;
  const ossicle_frontend_complex *point = points + (edge[0] + 1) / 2;
  for (uint32_t i = 0; i <= OSSICLE_FRONTEND_MEL_BANDS; i++) {
    ossicle_frontend_sums sums = {0};
    const ossicle_frontend_complex *end = points + (edge[i + 1] + 1) / 2;
    while (point + 1 < end) {
      ossicle_frontend_add_bin(&sums, &point, 1);
      ossicle_frontend_add_bin(&sums, &point, 1);
    }
    if (point < end) {
      ossicle_frontend_add_bin(&sums, &point, 1);
    }
    ossicle_frontend_interval interval = closed(&sums, edge[i + 1] & 1u);
    intervals[i].total += interval.total;
    intervals[i].moment += interval.moment;
  }
}
