#include <string.h>

#include "ossicle_float.h"

/* A float's 24 bits times 17 are rounded once, as the product of doubles would be. */
static void put(const ossicle_float_layer *layer, int32_t value, int8_t *output) {
  const float real = layer->scale * (float)(value - layer->zero_point);
  memcpy(output, &real, sizeof real);
}

void ossicle_dequantize(const ossicle_float_layer *layer, const int8_t *input, int8_t *output) {
  for (int32_t i = 0; i < layer->count; ++i, output += sizeof(float)) {
    put(layer, (int8_t)((uint8_t)input[i] ^ layer->flip), output);
  }
}

void ossicle_dequantize_16(const ossicle_float_layer *layer, const void *input, int8_t *output) {
  const int16_t *from = input;
  for (int32_t i = 0; i < layer->count; ++i, output += sizeof(float)) {
    put(layer, from[i], output);
  }
}
