#include "ossicle_quantize_16.h"

#include "ossicle_requantise.h"

static int32_t requantised(const ossicle_quantize_16_layer *layer, int32_t value) {
  const int32_t offset = value + layer->input_offset;
  return ossicle_requantise_twice(offset, layer->multiplier, layer->shift) + layer->zero_point;
}

void ossicle_quantize_16(const ossicle_quantize_16_layer *layer, const void *input, void *output) {
  const int16_t *from = input;
  int16_t *words = output;
  int8_t *bytes = output;
  for (int32_t i = 0; i < layer->count; ++i) {
    const int32_t result = requantised(layer, from[i]);
    if (layer->is_wide) {
      words[i] = (int16_t)ossicle_clamp(result, INT16_MIN, INT16_MAX);
    } else {
      bytes[i] = (int8_t)ossicle_clamp(result, INT8_MIN, INT8_MAX);
    }
  }
}
