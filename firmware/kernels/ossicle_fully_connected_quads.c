#include "ossicle_fully_connected_quads.h"

#include <string.h>

#define ROWS OSSICLE_QUADS_ROWS

/* Kept apart, as it is hardly ever called. */
__attribute__((noinline)) static int32_t near_tie(const ossicle_fully_connected_layer *layer,
                                                  int32_t sum, int32_t channel) {
  const int32_t index = channel * layer->output.channel_step;
  return ossicle_requantise_in_double(sum, layer->output.multipliers[index], layer->tails[index],
                                      layer->output.shifts[index]);
}

/* How the sums of one channel are scaled where they are not near a tie. */
typedef struct {
  int32_t multiplier, right, half, fractions;
} scaling;

static inline scaling scaling_of(const ossicle_fully_connected_quads_layer *layer,
                                 int32_t channel) {
  const int32_t index = channel * layer->layer.output.channel_step;
  scaling to = {.multiplier = layer->layer.output.multipliers[index],
                .right = layer->lift - 1 - layer->layer.output.shifts[index]};
  to.half = INT32_C(1) << (to.right - 1);
  to.fractions = (INT32_C(1) << to.right) - 1;
  return to;
}

/* sum * factor, rounded as ossicle_requantise_in_double rounds it.
 *
 * The factor's lower bits and what is lost in a double are less than |lifted sum| + 2^8 < 2^32 of
 * the product's units, one of its upper word's; cutting off the lower word is less than one, too.
 * So if the fraction in the upper word is neither 0 nor the largest, once a half is added, the
 * product lies on the same side of every tie. |upper word| <= 2^30 and half <= 2^29. */
static inline int32_t scaled(const ossicle_fully_connected_quads_layer *layer, const scaling *to,
                             int32_t sum, int32_t channel) {
  const int32_t lifted = ossicle_shift_left(sum, layer->lift);
  const int32_t upper = (int32_t)(((int64_t)lifted * to->multiplier) >> 32) + to->half;
  if (((upper + 1) & to->fractions) > 1) {
    return upper >> to->right;
  }
  return near_tie(&layer->layer, sum, channel);
}

static inline int8_t output_of(const ossicle_fully_connected_quads_layer *layer, const scaling *to,
                               int32_t sum, int32_t channel) {
  const ossicle_requantisation *output = &layer->layer.output;
  const int32_t value = scaled(layer, to, sum, channel) + output->zero_point;
  return (int8_t)ossicle_clamp(value, output->minimum, output->maximum);
}

static void multiply_batch(const ossicle_fully_connected_quads_layer *shared, const int8_t *input,
                           int8_t *output) {
  const ossicle_fully_connected_quads_layer layer = *shared; /* which no output can overwrite */
  const int32_t depth = layer.layer.input_depth;
  const int32_t last = layer.layer.output_depth - ROWS;
  const int8_t *quads = layer.quads;
  const scaling common = scaling_of(&layer, 0);
  for (int32_t next = 0; next < layer.layer.output_depth;
       next += ROWS, quads += layer.group_bytes) {
    /* The last outputs are computed twice if they are no multiple of four. */
    const int32_t row = next < last ? next : last;
    int32_t sums[ROWS];
    memcpy(sums, layer.layer.biases + row, sizeof sums);
    layer.multiply(input, quads, depth, sums);
    if (layer.layer.output.channel_step == 0) {
      output[row] = output_of(&layer, &common, sums[0], row);
      output[row + 1] = output_of(&layer, &common, sums[1], row + 1);
      output[row + 2] = output_of(&layer, &common, sums[2], row + 2);
      output[row + 3] = output_of(&layer, &common, sums[3], row + 3);
    } else {
      for (int32_t i = 0; i < ROWS; ++i) {
        const scaling own = scaling_of(&layer, row + i);
        output[row + i] = output_of(&layer, &own, sums[i], row + i);
      }
    }
  }
}

void ossicle_fully_connected_quads(const ossicle_fully_connected_quads_layer *layer,
                                   const int8_t *input, int8_t *output) {
  for (int32_t batch = 0; batch < layer->layer.batches; ++batch) {
    multiply_batch(layer, input, output);
    input += layer->layer.input_depth;
    output += layer->layer.output_depth;
  }
}
