#include "ossicle_add_16.h"

#include "ossicle_requantise.h"

/* Headroom, so that little is lost when an operand is scaled down: it is at most 2^15, so 2^30 when
 * it is shifted, and so is the sum of two scaled by at most 1/2 each. */
#define HEADROOM_BITS 15

static int32_t scaled(const ossicle_add_16_factor *factor, int32_t value) {
  return ossicle_requantise_twice(value, factor->multiplier, factor->shift);
}

static int16_t joined(const void *layer, int16_t left, int16_t right, int32_t sign) {
  const ossicle_add_16_layer *own = layer;
  const int32_t total = scaled(&own->left, ossicle_shift_left(left, HEADROOM_BITS)) +
                        sign * scaled(&own->right, ossicle_shift_left(right, HEADROOM_BITS));
  return (int16_t)ossicle_clamp(scaled(&own->output, total), own->minimum, own->maximum);
}

static int16_t sum(const void *layer, int16_t left, int16_t right) {
  return joined(layer, left, right, 1);
}

static int16_t difference(const void *layer, int16_t left, int16_t right) {
  return joined(layer, left, right, -1);
}

void ossicle_add_16(const ossicle_add_16_layer *layer, const void *left, const void *right,
                    void *output) {
  ossicle_for_each_pair_16(&layer->walk, sum, layer, left, right, output);
}

void ossicle_sub_16(const ossicle_add_16_layer *layer, const void *left, const void *right,
                    void *output) {
  ossicle_for_each_pair_16(&layer->walk, difference, layer, left, right, output);
}
