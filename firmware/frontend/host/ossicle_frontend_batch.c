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

/* The levels of a frame, one band `step` after the other. */
static void place(uint64_t (*sums)[2], int32_t gain, ossicle_frontend_level *levels, size_t step) {
  ossicle_frontend_interval intervals[BANDS + 1];
  ossicle_frontend_level column[BANDS];
  for (size_t i = 0; i <= BANDS; i++) {
    intervals[i].total = sums[i][0];
    intervals[i].moment = sums[i][1];
  }
  ossicle_frontend_levels(intervals, gain, column);
  for (size_t band = 0; band < BANDS; band++) {
    levels[band * step] = column[band];
  }
}

void ossicle_frontend_batch(const int16_t *pcm, size_t stride, size_t frames, size_t first,
                            size_t end, ossicle_frontend_level *levels) {
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
      place(sums[l], gains[l], levels + frame / frames * frames * BANDS + frame % frames, frames);
    }
  }
}

#if OSSICLE_FRONTEND_STAGED

/* Takes the next frame or, behind the last, the next of the columns that wait. */
static void stage_frame(ossicle_frontend_stages *stages, const ossicle_frontend_level *levels,
                        size_t t, size_t frames, int8_t *column) {
  ossicle_frontend_level frame[BANDS];
  if (t >= frames) {
    stages->complete = ossicle_frontend_last_column(stages, column);
    return;
  }
  for (size_t band = 0; band < BANDS; band++) {
    frame[band] = levels[band * frames + t];
  }
  ossicle_frontend_column(stages, frame, column);
}

static void stage_sound(const ossicle_frontend_level *levels, size_t frames, int8_t *features) {
  ossicle_frontend_stages stages = {0};
  int8_t column[OSSICLE_FRONTEND_FEATURES];
  size_t written = 0;
  for (size_t t = 0; written < frames; t++) {
    stage_frame(&stages, levels, t, frames, column);
    for (size_t i = 0; stages.complete && i < OSSICLE_FRONTEND_FEATURES; i++) {
      features[i * frames + written] = column[i];
    }
    written += stages.complete != 0;
  }
}

#endif

void ossicle_frontend_stage_sounds(const ossicle_frontend_level *levels, size_t frames,
                                   size_t first, size_t end, int8_t *features) {
#if OSSICLE_FRONTEND_STAGED
  for (size_t sound = first; sound < end; sound++) {
    stage_sound(levels + sound * frames * BANDS, frames,
                features + sound * frames * OSSICLE_FRONTEND_FEATURES);
  }
#else
  (void)levels, (void)frames, (void)first, (void)end, (void)features;
#endif
}
