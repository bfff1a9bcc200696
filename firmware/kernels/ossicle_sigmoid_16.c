#include "ossicle_sigmoid_16.h"

/* At most 2^30 before the rounding, which adds at most 2^30 less 2^16. */
static int32_t scaled(const ossicle_sigmoid_16_layer *layer, int32_t value) {
  const int32_t half = (int32_t)((UINT32_C(1) << layer->shift) >> 1);
  return (value * layer->multiplier + half) >> layer->shift;
}

/* The sigmoid of a magnitude with `bits` bits between two points, in 2^-(16 + bits), 9 at most;
 * `highest` beyond the table. */
static int32_t sigmoid(const ossicle_sigmoid_16_layer *layer, int32_t magnitude, int32_t bits,
                       int32_t highest) {
  const int32_t place = magnitude >> bits;
  if (place >= OSSICLE_SIGMOID_16_POINTS - 1) {
    return highest;
  }
  const int32_t step = layer->table[place + 1] - layer->table[place];
  const int32_t rest = magnitude - (place << bits);
  return ((layer->table[place] + 32768) << bits) + rest * step;
}

void ossicle_logistic_16(const ossicle_sigmoid_16_layer *layer, const void *input, void *output) {
  const int16_t *from = input;
  int16_t *to = output;
  for (int32_t i = 0; i < layer->count; ++i) {
    const int32_t place = scaled(layer, from[i]);
    const int32_t value = sigmoid(layer, place < 0 ? -place : place, 9, INT32_C(0x7FFF) << 10);
    /* Of a negative number it is 1 less the value. */
    to[i] = (int16_t)((place < 0 ? (INT32_C(1) << 25) - value + 511 : value + 512) >> 10);
  }
}

void ossicle_tanh_16(const ossicle_sigmoid_16_layer *layer, const void *input, void *output) {
  const int16_t *from = input;
  int16_t *to = output;
  for (int32_t i = 0; i < layer->count; ++i) {
    const int32_t place = scaled(layer, from[i]);
    const int32_t value = sigmoid(layer, place < 0 ? -place : place, 8, INT32_C(0xFFFF) << 8) -
                          (INT32_C(1) << 23); /* tanh x is twice the sigmoid of 2 x, less 1 */
    to[i] = (int16_t)((place < 0 ? 127 - value : value + 128) >> 8);
  }
}
