#include "ossicle_pool_2d_mve.h"
#include "ossicle_requantise.h"

#define LANES 4

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>

static inline void add_up(const ossicle_window_mve *window, int32_t channels, int32_t *sums) {
  const mve_pred16_t lanes = vctp32q((uint32_t)channels);
  const int8_t *row = window->first;
  int32x4_t all = vdupq_n_s32(0);
  for (int32_t i = window->rows; i > 0; --i, row += window->row_step) {
    const int8_t *pixel = row;
    for (int32_t j = window->columns; j > 0; --j, pixel += window->column_step) {
      all = vaddq_s32(all, vldrbq_z_s32(pixel, lanes));
    }
  }
  vstrwq_s32(sums, all);
}

#else

static inline void add_up(const ossicle_window_mve *window, int32_t channels, int32_t *sums) {
  for (int32_t channel = 0; channel < channels; ++channel) {
    sums[channel] = 0;
    for (int32_t i = 0; i < window->rows; ++i) {
      for (int32_t j = 0; j < window->columns; ++j) {
        sums[channel] += window->first[i * window->row_step + j * window->column_step + channel];
      }
    }
  }
}

#endif

/* sum / count, rounded to nearest, ties away from zero: see ossicle_average_pool_2d. */
static inline void average(const ossicle_pool_2d_layer *layer, const ossicle_window_mve *window,
                           int32_t channels, int8_t *output) {
  const int32_t count = window->rows * window->columns;
  int32_t sums[LANES];
  add_up(window, channels, sums);
  for (int32_t i = 0; i < channels; ++i) {
    const int32_t half = sums[i] > 0 ? count / 2 : -(count / 2);
    output[i] = (int8_t)ossicle_clamp((sums[i] + half) / count, layer->minimum, layer->maximum);
  }
}

void ossicle_average_pool_2d_mve(const ossicle_pool_2d_layer *layer, const int8_t *input,
                                 int8_t *output) {
  ossicle_for_each_window_mve(layer, average, LANES, input, output);
}
