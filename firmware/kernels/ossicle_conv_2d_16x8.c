#include "ossicle_conv_2d_16x8.h"

#include <stddef.h>

#include "ossicle_requantise.h"

/* The taps of a window that lie on the input. */
typedef struct {
  ossicle_taps down, across;
} view;

/* One filter over one window. `image` and `weights` point at the group's first channel. A product
 * is at most 2^22, and the compiler has refused weights whose sum could leave 47 bits. */
static int64_t accumulate(const ossicle_conv_2d_16x8_layer *layer, const int16_t *image,
                          const int8_t *weights, const view *at) {
  const int32_t depth = layer->input_channels / layer->groups;
  int64_t sum = 0;
  for (int32_t i = at->down.begin; i < at->down.end; ++i) {
    const int32_t y = at->down.origin + i * layer->height.dilation;
    for (int32_t j = at->across.begin; j < at->across.end; ++j) {
      const int32_t x = at->across.origin + j * layer->width.dilation;
      const int16_t *values = image + (y * layer->width.input + x) * layer->input_channels;
      const int8_t *factors = weights + (i * layer->width.filter + j) * depth;
      for (int32_t k = 0; k < depth; ++k) {
        sum += values[k] * factors[k];
      }
    }
  }
  return sum;
}

/* Rounded to nearest, ties towards plus infinity. |sum| < 2^47, so the product stays below 2^62;
 * the compiler has refused layers whose results could leave 32 bits. */
static int16_t requantised(const ossicle_conv_2d_16x8_layer *layer, int64_t sum, int32_t channel) {
  const int32_t index = channel * layer->channel_step;
  const int32_t down = 15 - layer->shifts[index];
  const int64_t scaled = (sum * layer->multipliers[index] + (INT64_C(1) << (down - 1))) >> down;
  return (int16_t)ossicle_clamp((int32_t)scaled, layer->minimum, layer->maximum);
}

static int16_t *all_channels(const ossicle_conv_2d_16x8_layer *layer, const int16_t *image,
                             const view *at, int16_t *output) {
  const int32_t depth = layer->input_channels / layer->groups;
  const int32_t filter = layer->height.filter * layer->width.filter * depth;
  const int32_t filters_of_a_group = layer->output_channels / layer->groups;
  for (int32_t channel = 0; channel < layer->output_channels; ++channel) {
    const int64_t bias = layer->biases ? layer->biases[channel] : 0;
    const int64_t sum = accumulate(layer, image + channel / filters_of_a_group * depth,
                                   layer->weights + channel * filter, at);
    *output++ = requantised(layer, bias + sum, channel);
  }
  return output;
}

void ossicle_conv_2d_16x8(const ossicle_conv_2d_16x8_layer *layer, const void *input,
                          void *output) {
  const int32_t image_length = layer->height.input * layer->width.input * layer->input_channels;
  const int16_t *image = input;
  int16_t *to = output;
  for (int32_t batch = 0; batch < layer->batches; ++batch, image += image_length) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      view at;
      at.down = ossicle_taps_at(&layer->height, y);
      for (int32_t x = 0; x < layer->width.output; ++x) {
        at.across = ossicle_taps_at(&layer->width, x);
        to = all_channels(layer, image, &at, to);
      }
    }
  }
}
