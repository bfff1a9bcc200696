#include "ossicle_arg_max.h"

#include <string.h>

static int32_t index_of_largest(const int8_t *values, int32_t length, int32_t step) {
  int32_t best = 0;
  for (int32_t i = 1; i < length; ++i) {
    if (values[i * step] > values[best * step]) {
      best = i;
    }
  }
  return best;
}

/* Writes the index as bytes, in the core's own order, and returns what follows them. */
static int8_t *put(int8_t *output, int32_t index, int32_t is_wide) {
  const int64_t wide = index;
  const size_t bytes = is_wide ? sizeof wide : sizeof index;
  memcpy(output, is_wide ? (const void *)&wide : (const void *)&index, bytes);
  return output + bytes;
}

void ossicle_arg_max(const ossicle_arg_max_layer *layer, const int8_t *input, int8_t *output) {
  for (int32_t row = 0; row < layer->rows; ++row, input += layer->length * layer->columns) {
    for (int32_t column = 0; column < layer->columns; ++column) {
      const int32_t index = index_of_largest(input + column, layer->length, layer->columns);
      output = put(output, index, layer->is_wide);
    }
  }
}
