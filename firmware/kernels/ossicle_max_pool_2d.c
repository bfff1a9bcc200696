#include "ossicle_pool_2d.h"

#include "ossicle_requantise.h"

static int32_t largest(const ossicle_pool_2d_layer *layer, const int8_t *channel,
                       const ossicle_taps *down, const ossicle_taps *across, int32_t maximum) {
  for (int32_t i = down->begin; i < down->end; ++i) {
    const int8_t *row = channel + (down->origin + i) * layer->width.input * layer->channels;
    for (int32_t j = across->begin; j < across->end; ++j) {
      const int8_t value = row[(across->origin + j) * layer->channels];
      if (value > maximum) {
        maximum = value;
      }
    }
  }
  return maximum;
}

void ossicle_max_pool_2d(const ossicle_pool_2d_layer *layer, const int8_t *input, int8_t *output) {
  const int32_t image_bytes = layer->height.input * layer->width.input * layer->channels;
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += image_bytes) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      const ossicle_taps down = ossicle_taps_at(&layer->height, y);
      for (int32_t x = 0; x < layer->width.output; ++x) {
        const ossicle_taps across = ossicle_taps_at(&layer->width, x);
        for (int32_t channel = 0; channel < layer->channels; ++channel) {
          const int32_t held = layer->accumulates ? *output : INT8_MIN;
          const int32_t maximum = largest(layer, input + channel, &down, &across, held);
          *output++ = (int8_t)ossicle_clamp(maximum, layer->minimum, layer->maximum);
        }
      }
    }
  }
}
