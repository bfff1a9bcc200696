#include "ossicle_pool_2d.h"

#include "ossicle_requantise.h"

/* sum / count, rounded to nearest, ties away from zero. |sum| <= 128 * count, and the compiler has
 * refused windows of 2^23 elements or more, so neither the sum nor the nudge overflows. */
static int32_t rounded_mean(int32_t sum, int32_t count) {
  return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

static int32_t average(const ossicle_pool_2d_layer *layer, const int8_t *channel,
                       const ossicle_taps *down, const ossicle_taps *across) {
  int32_t sum = 0;
  for (int32_t i = down->begin; i < down->end; ++i) {
    const int8_t *row = channel + (down->origin + i) * layer->width.input * layer->channels;
    for (int32_t j = across->begin; j < across->end; ++j) {
      sum += row[(across->origin + j) * layer->channels];
    }
  }
  return rounded_mean(sum, (down->end - down->begin) * (across->end - across->begin));
}

void ossicle_average_pool_2d(const ossicle_pool_2d_layer *layer, const int8_t *input,
                             int8_t *output) {
  const int32_t image_bytes = layer->height.input * layer->width.input * layer->channels;
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += image_bytes) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      const ossicle_taps down = ossicle_taps_at(&layer->height, y);
      for (int32_t x = 0; x < layer->width.output; ++x) {
        const ossicle_taps across = ossicle_taps_at(&layer->width, x);
        for (int32_t channel = 0; channel < layer->channels; ++channel) {
          const int32_t mean = average(layer, input + channel, &down, &across);
          *output++ = (int8_t)ossicle_clamp(mean, layer->minimum, layer->maximum);
        }
      }
    }
  }
}
