#include "ossicle_quantize.h"

#include "ossicle_requantise.h"

void ossicle_quantize(const ossicle_quantize_layer *layer, const int8_t *input, int8_t *output) {
  for (int32_t i = 0; i < layer->count; ++i) {
    const int8_t value = (int8_t)((uint8_t)input[i] ^ layer->input_flip);
    const int32_t scaled =
        ossicle_requantise_twice(value + layer->input_offset, layer->multiplier, layer->shift);
    const int32_t result = ossicle_clamp(scaled + layer->zero_point, INT8_MIN, INT8_MAX);
    output[i] = (int8_t)((uint8_t)result ^ layer->output_flip);
  }
}
