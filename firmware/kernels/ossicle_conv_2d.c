#include "ossicle_conv_2d.h"

#include <stddef.h>

#include "ossicle_dot_product.h"

/* One row of taps under one filter: sum over the columns in `across` and the group's channels. */
static int32_t row_of_taps(const ossicle_conv_2d_layer *layer, const int8_t *weights,
                           const int8_t *row, const ossicle_taps *across) {
  const int32_t depth = layer->input_channels / layer->groups;
  const int32_t taps = across->end - across->begin;
  const int8_t *first =
      row + (across->origin + across->begin * layer->width.dilation) * layer->input_channels;
  weights += across->begin * depth;
  if (layer->groups == 1 && layer->width.dilation == 1) {
    /* Neighbouring taps are neighbours in memory, in the input as in the filter. */
    return ossicle_dot_product(weights, first, layer->input_offset, taps * depth);
  }
  int32_t sum = 0;
  for (int32_t tap = 0; tap < taps; ++tap) {
    sum += ossicle_dot_product(weights + tap * depth,
                               first + tap * layer->width.dilation * layer->input_channels,
                               layer->input_offset, depth);
  }
  return sum;
}

static int32_t accumulate(const ossicle_conv_2d_layer *layer, const int8_t *image, int32_t channel,
                          const ossicle_taps *down, const ossicle_taps *across) {
  const int32_t depth = layer->input_channels / layer->groups;
  const int32_t group = channel / (layer->output_channels / layer->groups);
  const int32_t filter_row = layer->width.filter * depth;
  const int8_t *weights = layer->weights + channel * layer->height.filter * filter_row;
  int32_t sum = layer->biases ? layer->biases[channel] : 0;
  for (int32_t tap = down->begin; tap < down->end; ++tap) {
    const int32_t y = down->origin + tap * layer->height.dilation;
    const int8_t *row = image + y * layer->width.input * layer->input_channels + group * depth;
    sum += row_of_taps(layer, weights + tap * filter_row, row, across);
  }
  return sum;
}

void ossicle_conv_2d(const ossicle_conv_2d_layer *layer, const int8_t *input, int8_t *output) {
  const int32_t image_bytes = layer->height.input * layer->width.input * layer->input_channels;
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += image_bytes) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      const ossicle_taps down = ossicle_taps_at(&layer->height, y);
      for (int32_t x = 0; x < layer->width.output; ++x) {
        const ossicle_taps across = ossicle_taps_at(&layer->width, x);
        for (int32_t channel = 0; channel < layer->output_channels; ++channel) {
          const int32_t sum = accumulate(layer, input, channel, &down, &across);
          *output++ = ossicle_requantise_channel(&layer->output, sum, channel);
        }
      }
    }
  }
}
