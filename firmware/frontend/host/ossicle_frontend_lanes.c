/* Host only: the very files of the front end, up to its sums, once more for frames side by side. */
#define OSSICLE_FRONTEND_LANES 8
#define ossicle_frontend_analyse ossicle_frontend_lanes_analyse
#define ossicle_frontend_fold_odd ossicle_frontend_lanes_fold_odd
#define ossicle_frontend_fold_even ossicle_frontend_lanes_fold_even
#define ossicle_frontend_split ossicle_frontend_lanes_split
#define ossicle_frontend_fft ossicle_frontend_lanes_fft
#define ossicle_frontend_eighth_of_a_turn ossicle_frontend_lanes_eighth_of_a_turn
#define ossicle_frontend_sum_odd_bins ossicle_frontend_lanes_sum_odd_bins
#define ossicle_frontend_add_even_bins ossicle_frontend_lanes_add_even_bins
#pragma GCC diagnostic ignored "-Wpsabi" /* nobody else calls functions that take vectors */

#include "ossicle_frontend_lanes_frames.h"

#include "../ossicle_frontend_fft.c"
#include "../ossicle_frontend_fold.c"
#include "../ossicle_frontend_intervals.c"
#include "../ossicle_frontend_spectrum.c"

#define LANES OSSICLE_FRONTEND_LANES
#define WINDOW OSSICLE_FRONTEND_WINDOW_LENGTH
#define BANDS OSSICLE_FRONTEND_MEL_BANDS

/* Sample i of every frame to the lanes of sample i; pads are silent. */
static void interleave(const int16_t *const *frames, ossicle_frontend_sample *samples) {
  const ossicle_frontend_sample silence = {0};
  int16_t (*lanes)[LANES] = (int16_t (*)[LANES])(samples + OSSICLE_FRONTEND_BEGIN);
  samples[0] = silence;
  samples[OSSICLE_FRONTEND_SAMPLES - 1] = silence;
  for (uint32_t i = 0; i < WINDOW; i++) {
    for (int l = 0; l < LANES; l++) {
      lanes[i][l] = frames[l][i];
    }
  }
}

void ossicle_frontend_lanes_sums(const int16_t *const *frames, int32_t *gains,
                                 uint64_t (*sums)[BANDS + 1][2]) {
  ossicle_frontend lanes;
  interleave(frames, lanes.samples);
  ossicle_frontend_value gain =
      ossicle_frontend_analyse(lanes.samples, lanes.spectrum, lanes.intervals);
  for (int l = 0; l < LANES; l++) {
    gains[l] = gain[l];
    for (uint32_t i = 0; i <= BANDS; i++) {
      sums[l][i][0] = lanes.intervals[i].total[OSSICLE_FRONTEND_WIDE_LANE(l)];
      sums[l][i][1] = lanes.intervals[i].moment[OSSICLE_FRONTEND_WIDE_LANE(l)];
    }
  }
}
