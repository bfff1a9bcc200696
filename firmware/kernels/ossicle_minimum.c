#include "ossicle_maximum_minimum.h"

static int8_t smaller(const void *layer, int8_t left, int8_t right) {
  (void)layer;
  return left < right ? left : right;
}

void ossicle_minimum(const ossicle_maximum_minimum_layer *layer, const int8_t *left,
                     const int8_t *right, int8_t *output) {
  ossicle_for_each_pair(&layer->walk, smaller, layer, left, right, output);
}
