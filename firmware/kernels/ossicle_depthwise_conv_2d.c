#include "ossicle_depthwise_conv_2d.h"

#include <stddef.h>

/* `input` and `weights` point at the channel in the first row and column. A product's magnitude is
 * at most 128 * 255; the compiler has refused weights whose sum could leave 32 bits. */
static int32_t accumulate(const ossicle_depthwise_conv_2d_layer *layer, const int8_t *input,
                          const int8_t *weights, const ossicle_taps *down,
                          const ossicle_taps *across) {
  const int32_t output_channels = layer->input_channels * layer->depth_multiplier;
  const int32_t input_step = layer->width.dilation * layer->input_channels;
  int32_t sum = 0;
  for (int32_t i = down->begin; i < down->end; ++i) {
    const int32_t y = down->origin + i * layer->height.dilation;
    const int32_t x = across->origin + across->begin * layer->width.dilation;
    const int8_t *value = input + (y * layer->width.input + x) * layer->input_channels;
    const int8_t *weight = weights + (i * layer->width.filter + across->begin) * output_channels;
    for (int32_t j = across->begin; j < across->end; ++j) {
      sum += *weight * (*value + layer->input_offset);
      value += input_step;
      weight += output_channels;
    }
  }
  return sum;
}

static int8_t *all_channels(const ossicle_depthwise_conv_2d_layer *layer, const int8_t *input,
                            const ossicle_taps *down, const ossicle_taps *across, int8_t *output) {
  int32_t channel = 0;
  for (int32_t i = 0; i < layer->input_channels; ++i) {
    for (int32_t j = 0; j < layer->depth_multiplier; ++j, ++channel) {
      const int32_t bias = layer->biases ? layer->biases[channel] : 0;
      const int32_t sum =
          bias + accumulate(layer, input + i, layer->weights + channel, down, across);
      *output++ = ossicle_requantise_channel(&layer->output, sum, channel);
    }
  }
  return output;
}

void ossicle_depthwise_conv_2d(const ossicle_depthwise_conv_2d_layer *layer, const int8_t *input,
                               int8_t *output) {
  const int32_t image_bytes = layer->height.input * layer->width.input * layer->input_channels;
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += image_bytes) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      const ossicle_taps down = ossicle_taps_at(&layer->height, y);
      for (int32_t x = 0; x < layer->width.output; ++x) {
        const ossicle_taps across = ossicle_taps_at(&layer->width, x);
        output = all_channels(layer, input, &down, &across, output);
      }
    }
  }
}
