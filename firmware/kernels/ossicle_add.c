#include "ossicle_add_scaled.h"

static int8_t sum(const void *layer, int8_t left, int8_t right) {
  const ossicle_add_layer *own = layer;
  return ossicle_add_output(own, ossicle_add_scaled(&own->left, left) +
                                     ossicle_add_scaled(&own->right, right));
}

void ossicle_add(const ossicle_add_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output) {
  ossicle_for_each_pair(&layer->walk, sum, layer, left, right, output);
}
