#include "ossicle_softmax_16.h"

#include "ossicle_fixed_point.h"

/* Between two of 513 points, to nearest, ties towards plus infinity. */
static int32_t looked_up(const int16_t *table, int32_t value) {
  const int32_t place = 256 + (value >> 7);
  const int32_t step = table[place + 1] - table[place];
  return table[place] + ((step * (value & 127) + 64) >> 7);
}

static int32_t largest_of(const int16_t *row, int32_t depth) {
  int32_t maximum = row[0];
  for (int32_t i = 1; i < depth; ++i) {
    maximum = row[i] > maximum ? row[i] : maximum;
  }
  return maximum;
}

/* e to (value - maximum) * beta * scale, in 2^-15. A difference stays below 2^16, so below 2^30
 * when it is shifted. */
static int32_t exponential(const ossicle_softmax_16_layer *layer, int32_t difference) {
  const int32_t scaled = ossicle_requantise_twice(difference, layer->multiplier, layer->shift);
  return looked_up(layer->exponentials, ossicle_clamp(scaled + 32767, INT16_MIN, INT16_MAX));
}

/* 1 / the mantissa of a sum, in 2^-15: with its highest bit at 30, the next 16 count. */
static int32_t reciprocal(const ossicle_softmax_16_layer *layer, uint32_t sum, int32_t zeros) {
  const int32_t mantissa = (int32_t)(((sum << (zeros - 1)) + (1U << 13)) >> 14);
  return looked_up(layer->reciprocals, ossicle_clamp(mantissa - 98304, INT16_MIN, INT16_MAX));
}

/* The sum is of at most 2^15 numbers below 2^15, the largest near that; it is at least 2^14. */
static void softmax_row(const ossicle_softmax_16_layer *layer, const int16_t *row,
                        int16_t *output) {
  const int32_t maximum = largest_of(row, layer->depth);
  int32_t sum = 0;
  for (int32_t i = 0; i < layer->depth; ++i) {
    output[i] = (int16_t)exponential(layer, row[i] - maximum);
    sum += output[i];
  }
  const int32_t zeros = ossicle_leading_zeros((uint32_t)sum);
  const int32_t scale = reciprocal(layer, (uint32_t)sum, zeros);
  const int32_t shift = 31 - zeros;
  for (int32_t i = 0; i < layer->depth; ++i) {
    const int32_t share = (output[i] * scale + (INT32_C(1) << (shift - 1))) >> shift;
    output[i] = (int16_t)ossicle_clamp(share, 0, INT16_MAX);
  }
}

void ossicle_softmax_16(const ossicle_softmax_16_layer *layer, const void *input, void *output) {
  const int16_t *from = input;
  int16_t *to = output;
  for (int32_t i = 0; i < layer->rows; ++i) {
    softmax_row(layer, from + i * layer->depth, to + i * layer->depth);
  }
}
