#include "ossicle_fully_connected.h"

#include <stddef.h>

#include "ossicle_dot_product.h"

static int8_t requantise(const ossicle_fully_connected_layer *layer, int32_t value,
                         int32_t channel) {
  const ossicle_requantisation *to = &layer->output;
  const int32_t index = channel * to->channel_step;
  const int32_t scaled = ossicle_requantise_in_double(value, to->multipliers[index],
                                                      layer->tails[index], to->shifts[index]);
  return (int8_t)ossicle_clamp(scaled + to->zero_point, to->minimum, to->maximum);
}

void ossicle_fully_connected(const ossicle_fully_connected_layer *layer, const int8_t *input,
                             int8_t *output) {
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += layer->input_depth) {
    const int8_t *weights = layer->weights;
    for (int32_t channel = 0; channel < layer->output_depth; ++channel) {
      const int32_t bias = layer->biases ? layer->biases[channel] : 0;
      const int32_t sum =
          bias + ossicle_dot_product(weights, input, layer->input_offset, layer->input_depth);
      *output++ = requantise(layer, sum, channel);
      weights += layer->input_depth;
    }
  }
}
