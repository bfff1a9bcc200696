#include "ossicle_add_once.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>

static inline int32x4_t sums(const ossicle_add_once_layer *layer, int32x4_t left, int32x4_t right) {
  int32x4_t total = vmlasq_n_s32(left, vdupq_n_s32(layer->left_factor), layer->offset);
  total = vshlq_r_s32(vmlaq_n_s32(total, right, layer->right_factor), -layer->shift);
  total = vmaxq_s32(total, vdupq_n_s32(layer->minimum));
  return vminq_s32(total, vdupq_n_s32(layer->maximum));
}

void ossicle_add_once(const ossicle_add_once_layer *layer, const int8_t *left, const int8_t *right,
                      int8_t *output) {
  const ossicle_add_once_layer own = *layer; /* which `output` cannot change */
  int32_t count = own.elements;
  for (; count >= 4; count -= 4, left += 4, right += 4, output += 4) {
    vstrbq_s32(output, sums(&own, vldrbq_s32(left), vldrbq_s32(right)));
  }
  const mve_pred16_t lanes = vctp32q((uint32_t)count);
  vstrbq_p_s32(output, sums(&own, vldrbq_z_s32(left, lanes), vldrbq_z_s32(right, lanes)), lanes);
}

#else

#include "ossicle_rescale.h"

static inline void add_all(const ossicle_add_once_layer *layer, int32_t minimum, int32_t maximum,
                           const int8_t *left, const int8_t *right, int8_t *output) {
  const ossicle_add_once_layer own = *layer; /* which `output` cannot change */
  const int8_t *const end = output + own.elements;
  while (output != end) {
    const int32_t total = *left++ * own.left_factor + own.offset + *right++ * own.right_factor;
    *output++ = ossicle_clamp_to_int8(total >> own.shift, minimum, maximum);
  }
}

void ossicle_add_once(const ossicle_add_once_layer *layer, const int8_t *left, const int8_t *right,
                      int8_t *output) {
  if (layer->minimum == INT8_MIN && layer->maximum == INT8_MAX) {
    add_all(layer, INT8_MIN, INT8_MAX, left, right, output);
  } else {
    add_all(layer, layer->minimum, layer->maximum, left, right, output);
  }
}

#endif
