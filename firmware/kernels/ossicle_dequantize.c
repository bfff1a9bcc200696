#include <string.h>

#include "ossicle_float.h"

/* A float's 24 bits times nine are rounded once, as the product of doubles would be. */
void ossicle_dequantize(const ossicle_float_layer *layer, const int8_t *input, int8_t *output) {
  for (int32_t i = 0; i < layer->count; ++i, output += sizeof(float)) {
    const int8_t value = (int8_t)((uint8_t)input[i] ^ layer->flip);
    const float real = layer->scale * (float)(value - layer->zero_point);
    memcpy(output, &real, sizeof real);
  }
}
