#include "ossicle_transpose_conv.h"

#include <stddef.h>

#include "ossicle_dot_product.h"

/* Taps first, first + stride, ... lie on an output position; tap k comes from the input element
 * (position - k) / stride, so the elements go down by one from tap to tap. */
typedef struct {
  int32_t first, element;
} laid_taps;

static laid_taps laid_on(const ossicle_axis *axis, int32_t output) {
  const int32_t position = output + axis->padding;
  const laid_taps taps = {position % axis->stride, position / axis->stride};
  return taps;
}

/* One row of taps of one filter. */
static int32_t row_of_taps(const ossicle_transpose_conv_layer *layer, const int8_t *weights,
                           const int8_t *row, laid_taps across) {
  const ossicle_axis *const axis = &layer->width;
  int32_t sum = 0, x = across.element;
  for (int32_t tap = across.first; tap < axis->filter && x >= 0; tap += axis->stride, --x) {
    if (x < axis->input) {
      sum += ossicle_dot_product(weights + tap * layer->input_channels,
                                 row + x * layer->input_channels, layer->input_offset,
                                 layer->input_channels);
    }
  }
  return sum;
}

static int32_t accumulate(const ossicle_transpose_conv_layer *layer, const int8_t *image,
                          int32_t channel, laid_taps down, laid_taps across) {
  const ossicle_axis *const axis = &layer->height;
  const int32_t filter_row = layer->width.filter * layer->input_channels;
  const int8_t *const weights = layer->weights + channel * axis->filter * filter_row;
  int32_t sum = layer->biases ? layer->biases[channel] : 0, y = down.element;
  for (int32_t tap = down.first; tap < axis->filter && y >= 0; tap += axis->stride, --y) {
    if (y < axis->input) {
      sum += row_of_taps(layer, weights + tap * filter_row,
                         image + y * layer->width.input * layer->input_channels, across);
    }
  }
  return sum;
}

void ossicle_transpose_conv(const ossicle_transpose_conv_layer *layer, const int8_t *input,
                            int8_t *output) {
  const int32_t image_bytes = layer->height.input * layer->width.input * layer->input_channels;
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += image_bytes) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      const laid_taps down = laid_on(&layer->height, y);
      for (int32_t x = 0; x < layer->width.output; ++x) {
        const laid_taps across = laid_on(&layer->width, x);
        for (int32_t channel = 0; channel < layer->output_channels; ++channel) {
          const int32_t sum = accumulate(layer, input, channel, down, across);
          *output++ = ossicle_requantise_channel(&layer->output, sum, channel);
        }
      }
    }
  }
}
