#include "ossicle_pool_2d_mve.h"
#include "ossicle_requantise.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>

static inline void largest(const ossicle_pool_2d_layer *layer, const ossicle_window_mve *window,
                           int32_t channels, int8_t *output) {
  const mve_pred16_t lanes = vctp8q((uint32_t)channels);
  const int8_t *row = window->first;
  int8x16_t all = vdupq_n_s8((int8_t)layer->minimum);
  if (layer->accumulates) {
    all = vmaxq_s8(all, vldrbq_z_s8(output, lanes));
  }
  for (int32_t i = window->rows; i > 0; --i, row += window->row_step) {
    const int8_t *pixel = row;
    for (int32_t j = window->columns; j > 0; --j, pixel += window->column_step) {
      all = vmaxq_s8(all, vldrbq_z_s8(pixel, lanes));
    }
  }
  vstrbq_p_s8(output, vminq_s8(all, vdupq_n_s8((int8_t)layer->maximum)), lanes);
}

#else

static inline void largest(const ossicle_pool_2d_layer *layer, const ossicle_window_mve *window,
                           int32_t channels, int8_t *output) {
  for (int32_t channel = 0; channel < channels; ++channel) {
    int32_t all = layer->accumulates ? output[channel] : INT8_MIN;
    for (int32_t i = 0; i < window->rows; ++i) {
      for (int32_t j = 0; j < window->columns; ++j) {
        const int8_t *pixel = window->first + i * window->row_step + j * window->column_step;
        all = pixel[channel] > all ? pixel[channel] : all;
      }
    }
    output[channel] = (int8_t)ossicle_clamp(all, layer->minimum, layer->maximum);
  }
}

#endif

void ossicle_max_pool_2d_mve(const ossicle_pool_2d_layer *layer, const int8_t *input,
                             int8_t *output) {
  ossicle_for_each_window_mve(layer, largest, 16, input, output);
}
