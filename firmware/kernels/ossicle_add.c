#include "ossicle_add_scaled.h"

void ossicle_add(const ossicle_add_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output) {
  int32_t index[OSSICLE_BROADCAST_RANK] = {0};
  do {
    const int8_t *a = ossicle_row_of(layer->walk.left, left, index);
    const int8_t *b = ossicle_row_of(layer->walk.right, right, index);
    for (int32_t i = 0; i < layer->walk.shape[OSSICLE_BROADCAST_LAST]; ++i) {
      *output++ = ossicle_add_output(layer, ossicle_add_scaled(&layer->left, *a) +
                                                ossicle_add_scaled(&layer->right, *b));
      a += layer->walk.left[OSSICLE_BROADCAST_LAST];
      b += layer->walk.right[OSSICLE_BROADCAST_LAST];
    }
  } while (ossicle_next_row(&layer->walk, index));
}
