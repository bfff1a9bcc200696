#include "ossicle_fully_connected_16.h"

#include <stddef.h>

/* A product is at most 2^22; the compiler has refused weights whose sum could leave 32 bits. */
static int32_t dot_product(const int8_t *weights, const int16_t *input, int32_t count) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) {
    sum += weights[i] * input[i];
  }
  return sum;
}

void ossicle_fully_connected_16(const ossicle_fully_connected_layer *layer, const void *input,
                                void *output) {
  const int16_t *row = input;
  int16_t *to = output;
  for (int32_t batch = 0; batch < layer->batches; ++batch, row += layer->input_depth) {
    const int8_t *weights = layer->weights;
    for (int32_t channel = 0; channel < layer->output_depth; ++channel) {
      const int32_t bias = layer->biases ? layer->biases[channel] : 0;
      const int32_t sum = bias + dot_product(weights, row, layer->input_depth);
      *to++ = (int16_t)ossicle_fully_connected_rounded(layer, sum, channel);
      weights += layer->input_depth;
    }
  }
}
