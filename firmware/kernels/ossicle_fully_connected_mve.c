#include "ossicle_fully_connected_mve.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
#endif

#define ROWS 4 /* outputs at a time */

static void round_exactly(const ossicle_fully_connected_mve_layer *layer, int32_t channel,
                          int32_t channels, const int32_t *sums, int8_t *output) {
  const ossicle_requantisation *to = &layer->output;
  for (int32_t i = 0; i < channels; ++i) {
    const int32_t index = (channel + i) * to->channel_step;
    const int32_t scaled = ossicle_requantise_in_double(sums[i], to->multipliers[index],
                                                        layer->tails[index], to->shifts[index]);
    output[i] = (int8_t)ossicle_clamp(scaled + to->zero_point, to->minimum, to->maximum);
  }
}

#if defined(__ARM_FEATURE_MVE)

static int32x4_t multiply(const int8_t *input, int32_t depth, const int8_t *weights) {
  int32_t a = 0;
  int32_t b = 0;
  int32_t c = 0;
  int32_t d = 0;
  for (int32_t vectors = depth / 16; vectors > 0; --vectors, input += 16, weights += 64) {
    const int8x16_t x = vldrbq_s8(input);
    a = vmladavaq_s8(a, x, vldrbq_s8(weights));
    b = vmladavaq_s8(b, x, vldrbq_s8(weights + 16));
    c = vmladavaq_s8(c, x, vldrbq_s8(weights + 32));
    d = vmladavaq_s8(d, x, vldrbq_s8(weights + 48));
  }
  if (depth % 16) { /* nothing beyond the input is read */
    const int8x16_t x = vldrbq_z_s8(input, vctp8q((uint32_t)(depth % 16)));
    a = vmladavaq_s8(a, x, vldrbq_s8(weights));
    b = vmladavaq_s8(b, x, vldrbq_s8(weights + 16));
    c = vmladavaq_s8(c, x, vldrbq_s8(weights + 32));
    d = vmladavaq_s8(d, x, vldrbq_s8(weights + 48));
  }
  return (int32x4_t){a, b, c, d};
}

/* Whether `high`, a product known to less than 2 units, may lie on either side of a tie of the
 * shift to `rounded`. */
static int is_near_tie(int32x4_t high, int32x4_t rounded, int32x4_t shifts) {
  const int32x4_t half = vshlq_s32(vdupq_n_s32(1), vmvnq_s32(shifts)); /* 2^(-shift - 1) */
  const int32x4_t back = vshlq_s32(rounded, vnegq_s32(shifts));
  const int32x4_t distance = vabsq_s32(vsubq_s32(high, back));
  return vcmpgtq_s32(distance, vsubq_n_s32(half, 2)) != 0;
}

/* Rounds in 32 bits, which the tail of the factor and the rounding of the product may put wrong by
 * less than 2 in the product's last place; and exactly where that could matter. */
static void requantise(const ossicle_fully_connected_mve_layer *layer, int32_t channel,
                       int32_t channels, int32x4_t sums, int8_t *output) {
  const ossicle_requantisation *to = &layer->output;
  const int32_t index = channel * to->channel_step;
  const int32x4_t multipliers =
      to->channel_step ? vldrwq_s32(to->multipliers + index) : vdupq_n_s32(to->multipliers[0]);
  int32x4_t shifts = to->channel_step ? vldrbq_s32(to->shifts + index) : vdupq_n_s32(to->shifts[0]);
  shifts = vsubq_n_s32(shifts, layer->lift);
  const int32x4_t high = vqrdmulhq_s32(vshlq_r_s32(sums, layer->lift), multipliers);
  const int32x4_t rounded = vrshlq_s32(high, shifts);
  if (is_near_tie(high, rounded, shifts)) {
    int32_t exact[ROWS];
    vstrwq_s32(exact, sums);
    round_exactly(layer, channel, channels, exact, output);
    return;
  }
  const int32x4_t moved = vaddq_n_s32(rounded, to->zero_point);
  const int32x4_t low = vmaxq_s32(moved, vdupq_n_s32(to->minimum));
  vstrbq_p_s32(output, vminq_s32(low, vdupq_n_s32(to->maximum)), vctp32q((uint32_t)channels));
}

static void connect(const ossicle_fully_connected_mve_layer *layer, int32_t channel,
                    int32_t channels, const int8_t *input, const int8_t *weights, int8_t *output) {
  const int32x4_t products = multiply(input, layer->input_depth, weights);
  requantise(layer, channel, channels, vaddq_s32(products, vldrwq_s32(layer->biases + channel)),
             output);
}

#else

static void connect(const ossicle_fully_connected_mve_layer *layer, int32_t channel,
                    int32_t channels, const int8_t *input, const int8_t *weights, int8_t *output) {
  int32_t sums[ROWS];
  for (int32_t row = 0; row < ROWS; ++row) {
    sums[row] = layer->biases[channel + row];
    for (int32_t i = 0; i < layer->input_depth; ++i) {
      sums[row] += input[i] * weights[i / 16 * 64 + row * 16 + i % 16];
    }
  }
  round_exactly(layer, channel, channels, sums, output);
}

#endif

void ossicle_fully_connected_mve(const ossicle_fully_connected_mve_layer *layer,
                                 const int8_t *input, int8_t *output) {
  const int32_t weights_bytes = (layer->input_depth + 15) / 16 * 64;
  for (int32_t batch = 0; batch < layer->batches; ++batch) {
    const int8_t *weights = layer->weights;
    for (int32_t channel = 0; channel < layer->output_depth; channel += ROWS) {
      const int32_t left = layer->output_depth - channel;
      connect(layer, channel, left < ROWS ? left : ROWS, input, weights, output + channel);
      weights += weights_bytes;
    }
    input += layer->input_depth;
    output += layer->output_depth;
  }
}
