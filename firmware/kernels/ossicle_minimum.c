#include "ossicle_maximum_minimum.h"

void ossicle_minimum(const ossicle_maximum_minimum_layer *layer, const int8_t *left,
                     const int8_t *right, int8_t *output) {
  int32_t index[OSSICLE_BROADCAST_RANK] = {0};
  do {
    const int8_t *a = ossicle_row_of(layer->walk.left, left, index);
    const int8_t *b = ossicle_row_of(layer->walk.right, right, index);
    for (int32_t i = 0; i < layer->walk.shape[OSSICLE_BROADCAST_LAST]; ++i) {
      *output++ = *a < *b ? *a : *b;
      a += layer->walk.left[OSSICLE_BROADCAST_LAST];
      b += layer->walk.right[OSSICLE_BROADCAST_LAST];
    }
  } while (ossicle_next_row(&layer->walk, index));
}
