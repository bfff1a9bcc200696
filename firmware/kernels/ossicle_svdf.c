#include "ossicle_svdf.h"

#include "ossicle_dot_product.h"
#include "ossicle_requantise.h"

/* The newest product of a filter. The compiler has proved that no sum leaves 32 bits. */
static int16_t feature(const ossicle_svdf_layer *layer, int32_t filter, const int8_t *input) {
  const int8_t *weights = layer->feature_weights + filter * layer->depth;
  const int32_t sum =
      layer->feature_biases[filter] + ossicle_dot_product(weights, input, 0, layer->depth);
  const int32_t scaled =
      ossicle_requantise_twice(sum, layer->feature_multiplier, layer->feature_shift);
  return (int16_t)ossicle_clamp(scaled, INT16_MIN, INT16_MAX);
}

static void remember(int16_t *memory, int32_t count, int16_t newest) {
  for (int32_t i = 0; i + 1 < count; ++i) {
    memory[i] = memory[i + 1];
  }
  memory[count - 1] = newest;
}

/* Modulo 2^32, in which sums may wrap around: a product of two int16 takes 31 bits. */
static uint32_t over_time(const int16_t *weights, const int16_t *memory, int32_t count) {
  uint32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) {
    sum += (uint32_t)(weights[i] * memory[i]);
  }
  return sum;
}

/* The factor is below a half, so the zero point can be added. */
static int8_t output_of(const ossicle_svdf_layer *layer, uint32_t sum) {
  const int32_t scaled = ossicle_requantise_twice((int32_t)sum, layer->multiplier, layer->shift);
  return (int8_t)ossicle_clamp(scaled + layer->zero_point, INT8_MIN, INT8_MAX);
}

void ossicle_svdf(const ossicle_svdf_layer *layer, const int8_t *input, void *state,
                  int8_t *output) {
  int16_t *memory = state;
  for (int32_t batch = 0; batch < layer->batches; ++batch, input += layer->depth) {
    const int16_t *weights = layer->time_weights;
    int32_t filter = 0;
    for (int32_t unit = 0; unit < layer->units; ++unit) {
      uint32_t sum = layer->biases ? (uint32_t)layer->biases[unit] : 0;
      for (int32_t i = 0; i < layer->rank; ++i, ++filter, weights += layer->memory) {
        remember(memory, layer->memory, feature(layer, filter, input));
        sum += over_time(weights, memory, layer->memory);
        memory += layer->memory;
      }
      *output++ = output_of(layer, sum);
    }
  }
}
