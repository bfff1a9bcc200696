#include "ossicle_add_mve.h"

#include "ossicle_requantise_mve.h"

/* Sums and, by a sign of -1, differences. |q * gain + offset| <= 255 * 2^21 < 2^29, and each scaled
 * operand is below 2^28. */
#if defined(__ARM_FEATURE_MVE)

static inline int32x4_t rescaled(int32x4_t values, int32_t multiplier, int32_t shift) {
  return ossicle_rounding_shift_mve(vqrdmulhq_n_s32(values, multiplier), vdupq_n_s32(shift));
}

static inline int32x4_t scaled(const ossicle_add_mve_operand *operand, int32x4_t values) {
  const int32x4_t moved = vmlasq_n_s32(values, vdupq_n_s32(operand->gain), operand->offset);
  return rescaled(moved, operand->multiplier, operand->shift);
}

static inline int32x4_t joined(const ossicle_add_mve_layer *layer, int32_t sign, int32x4_t left,
                               int32x4_t right) {
  const int32x4_t total =
      vmlaq_n_s32(scaled(&layer->left, left), scaled(&layer->right, right), sign);
  int32x4_t result = rescaled(total, layer->multiplier, layer->shift);
  result = vmaxq_s32(vaddq_n_s32(result, layer->zero_point), vdupq_n_s32(layer->minimum));
  return vminq_s32(result, vdupq_n_s32(layer->maximum));
}

static void join(const ossicle_add_mve_layer *layer, int32_t sign, const int8_t *left,
                 const int8_t *right, int8_t *output) {
  const ossicle_add_mve_layer own = *layer; /* which `output` cannot change */
  int32_t count = own.count;
  for (; count >= 4; count -= 4, left += 4, right += 4, output += 4) {
    vstrbq_s32(output, joined(&own, sign, vldrbq_s32(left), vldrbq_s32(right)));
  }
  const mve_pred16_t lanes = vctp32q((uint32_t)count);
  vstrbq_p_s32(output, joined(&own, sign, vldrbq_z_s32(left, lanes), vldrbq_z_s32(right, lanes)),
               lanes);
}

#else

static int32_t scaled(const ossicle_add_mve_operand *operand, int8_t value) {
  return ossicle_requantise_twice(value * operand->gain + operand->offset, operand->multiplier,
                                  operand->shift);
}

static void join(const ossicle_add_mve_layer *layer, int32_t sign, const int8_t *left,
                 const int8_t *right, int8_t *output) {
  for (int32_t i = 0; i < layer->count; ++i) {
    const int32_t a = scaled(&layer->left, left[i]);
    const int32_t b = scaled(&layer->right, right[i]);
    const int32_t result = ossicle_requantise_twice(a + sign * b, layer->multiplier, layer->shift);
    output[i] = (int8_t)ossicle_clamp(result + layer->zero_point, layer->minimum, layer->maximum);
  }
}

#endif

void ossicle_add_mve(const ossicle_add_mve_layer *layer, const int8_t *left, const int8_t *right,
                     int8_t *output) {
  join(layer, 1, left, right, output);
}

void ossicle_sub_mve(const ossicle_add_mve_layer *layer, const int8_t *left, const int8_t *right,
                     int8_t *output) {
  join(layer, -1, left, right, output);
}
