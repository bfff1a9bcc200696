#include "ossicle_pool_2d_16.h"

#include "ossicle_requantise.h"

/* What a window under one channel gives. */
typedef struct {
  int32_t sum, largest, count;
} pooled;

/* |sum| <= 2^15 * count, and the compiler has refused windows of 2^15 elements or more. */
static pooled pool(const ossicle_pool_2d_layer *layer, const int16_t *channel,
                   const ossicle_taps *down, const ossicle_taps *across) {
  pooled of = {0, INT16_MIN, (down->end - down->begin) * (across->end - across->begin)};
  for (int32_t i = down->begin; i < down->end; ++i) {
    const int16_t *row = channel + (down->origin + i) * layer->width.input * layer->channels;
    for (int32_t j = across->begin; j < across->end; ++j) {
      const int32_t value = row[(across->origin + j) * layer->channels];
      of.sum += value;
      of.largest = value > of.largest ? value : of.largest;
    }
  }
  return of;
}

/* Rounded to nearest, ties away from zero. */
static int32_t average(const pooled *of) {
  const int32_t half = of->count / 2;
  return (of->sum > 0 ? of->sum + half : of->sum - half) / of->count;
}

static int32_t largest(const pooled *of) { return of->largest; }

static void for_each_window(const ossicle_pool_2d_layer *layer, int32_t (*result)(const pooled *),
                            const int16_t *image, int16_t *output) {
  const int32_t image_length = layer->height.input * layer->width.input * layer->channels;
  for (int32_t batch = 0; batch < layer->batches; ++batch, image += image_length) {
    for (int32_t y = 0; y < layer->height.output; ++y) {
      const ossicle_taps down = ossicle_taps_at(&layer->height, y);
      for (int32_t x = 0; x < layer->width.output; ++x) {
        const ossicle_taps across = ossicle_taps_at(&layer->width, x);
        for (int32_t channel = 0; channel < layer->channels; ++channel) {
          const pooled of = pool(layer, image + channel, &down, &across);
          *output++ = (int16_t)ossicle_clamp(result(&of), layer->minimum, layer->maximum);
        }
      }
    }
  }
}

void ossicle_average_pool_2d_16(const ossicle_pool_2d_layer *layer, const void *input,
                                void *output) {
  for_each_window(layer, average, input, output);
}

void ossicle_max_pool_2d_16(const ossicle_pool_2d_layer *layer, const void *input, void *output) {
  for_each_window(layer, largest, input, output);
}
