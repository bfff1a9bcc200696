#include "ossicle_fully_connected.h"

#include <stddef.h>

#include "ossicle_dot_product.h"

void ossicle_fully_connected(const ossicle_fully_connected_layer *layer, const int8_t *input,
                             int8_t *output) {
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += layer->input_depth) {
    const int8_t *weights = layer->weights;
    for (int32_t channel = 0; channel < layer->output_depth; ++channel) {
      const int32_t bias = layer->biases ? layer->biases[channel] : 0;
      const int32_t sum =
          bias + ossicle_dot_product(weights, input, layer->input_offset, layer->input_depth);
      *output++ = ossicle_fully_connected_output(layer, sum, channel);
      weights += layer->input_depth;
    }
  }
}
