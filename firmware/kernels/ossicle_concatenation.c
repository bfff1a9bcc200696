#include "ossicle_concatenation.h"

void ossicle_concatenation(const ossicle_concatenation_layer *layer, const int8_t *const *inputs,
                           int8_t *output) {
  for (int32_t row = 0; row < layer->rows; ++row) {
    for (int32_t k = 0; k < layer->count; ++k) {
      const int8_t *const from = inputs[k] + row * layer->lengths[k];
      for (int32_t i = 0; i < layer->lengths[k]; ++i) {
        *output++ = from[i];
      }
    }
  }
}
