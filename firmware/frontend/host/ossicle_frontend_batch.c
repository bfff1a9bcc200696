/* Frames of many sounds, several side by side, with the device's own integers. */
#include "ossicle_frontend_batch.h"

#include "../ossicle_frontend_internal.h"
#include "ossicle_frontend_lanes_frames.h"

#define BANDS OSSICLE_FRONTEND_MEL_BANDS
#define LANES OSSICLE_FRONTEND_FRAMES

size_t ossicle_frontend_state_bytes(void) { return sizeof(ossicle_frontend); }

void ossicle_frontend_filter_sounds(int16_t *pcm, size_t stride, size_t samples, size_t first,
                                    size_t end) {
#if OSSICLE_FRONTEND_FILTERED
  for (size_t sound = first; sound < end; sound++) {
    ossicle_frontend_filters filters = {0};
    ossicle_frontend_filter(&filters, pcm + sound * stride, samples, pcm + sound * stride);
  }
#else
  (void)pcm, (void)stride, (void)samples, (void)first, (void)end;
#endif
}

/* The levels of a frame, to column t of its sound's map, which is stored band by band. */
static void place(uint64_t (*sums)[2], int32_t gain, int8_t *map, size_t t, size_t frames) {
  ossicle_frontend_interval intervals[BANDS + 1];
  int8_t column[BANDS];
  for (size_t i = 0; i <= BANDS; i++) {
    intervals[i].total = sums[i][0];
    intervals[i].moment = sums[i][1];
  }
  ossicle_frontend_levels(intervals, gain, column);
  for (size_t band = 0; band < BANDS; band++) {
    map[band * frames + t] = column[band];
  }
}

void ossicle_frontend_batch(const int16_t *pcm, size_t stride, size_t frames, size_t first,
                            size_t end, int8_t *features) {
  for (; first < end; first += LANES) {
    const int16_t *windows[LANES];
    int32_t gains[LANES];
    uint64_t sums[LANES][BANDS + 1][2];
    for (size_t l = 0; l < LANES; l++) { /* lanes behind the last frame repeat it */
      size_t frame = first + l < end ? first + l : end - 1;
      windows[l] = pcm + frame / frames * stride + frame % frames * OSSICLE_FRONTEND_HOP_LENGTH;
    }
    ossicle_frontend_lanes_sums(windows, gains, sums);
    for (size_t l = 0; l < LANES && first + l < end; l++) {
      size_t frame = first + l;
      place(sums[l], gains[l], features + frame / frames * frames * BANDS, frame % frames, frames);
    }
  }
}
