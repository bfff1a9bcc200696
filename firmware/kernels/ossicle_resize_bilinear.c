#include "ossicle_resize_bilinear.h"

#define UNIT (INT32_C(1) << 10)

/* 2^10 times the value between two; both weights' magnitudes add up to 2^11 at most. */
static int32_t mix(const ossicle_between *place, int32_t lower, int32_t upper) {
  return lower * (UNIT - place->weight) + upper * place->weight;
}

/* |mix| <= 2^18, so the mix of two is at most 2^29. To nearest, ties away from zero. */
static int8_t weigh(const ossicle_between *row, const ossicle_between *column,
                    const int8_t *channel) {
  const int8_t *const above = channel + row->lower, *const below = channel + row->upper;
  const int32_t sum = mix(row, mix(column, above[column->lower], above[column->upper]),
                          mix(column, below[column->lower], below[column->upper]));
  const int32_t half = UNIT * UNIT / 2;
  return (int8_t)((sum < 0 ? sum - half : sum + half) / (UNIT * UNIT));
}

void ossicle_resize_bilinear(const ossicle_resize_bilinear_layer *layer, const int8_t *input,
                             int8_t *output) {
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += layer->image_bytes) {
    for (int32_t y = 0; y < layer->height; ++y) {
      for (int32_t x = 0; x < layer->width; ++x) {
        for (int32_t channel = 0; channel < layer->depth; ++channel) {
          *output++ = weigh(&layer->rows[y], &layer->columns[x], input + channel);
        }
      }
    }
  }
}
