#include "ossicle_add_dense.h"

#include "ossicle_dsp.h"
#include "ossicle_requantise_down.h"

/* round(value * multiplier / 2^32), halves up; |value| < 2^31 and |multiplier| < 2^31. */
static inline int32_t multiply_high(int32_t value, int32_t multiplier) {
#if OSSICLE_HAS_DSP
  return ossicle_multiply_high(value, multiplier);
#else
  return (int32_t)(((int64_t)value * multiplier + (INT64_C(1) << 31)) >> 32);
#endif
}

/* The fine operand, shifted left by 21 of which one is the doubling, stays below 2^29, its high
 * product below 2^28; that doubled and the coarse operand make less than 2^30. Their high product
 * is below 2^29, |half| <= 2^21 + 2^29, and fine_half <= 2^30. Adding the sign (-1 for negative
 * numbers) and half before a shift that rounds down rounds to the nearest, ties away from zero. */
static inline int8_t sum_of(const ossicle_add_dense_layer *own, int is_shifted, int8_t fine,
                            int8_t coarse) {
  int32_t scaled =
      multiply_high(fine * (INT32_C(1) << 21) + own->fine_offset, own->fine_multiplier);
  if (is_shifted) {
    scaled = (scaled + (scaled >> 31) + own->fine_half) >> own->fine_shift;
  }
  const int32_t total =
      coarse * own->coarse_factor + (scaled * own->fine_sign + own->coarse_offset);
  const int32_t high = multiply_high(total, own->multiplier);
  return (int8_t)ossicle_saturate_int8((high + (high >> 31) + own->half) >> own->shift);
}

static inline void add_all(const ossicle_add_dense_layer *layer, int is_shifted, const int8_t *fine,
                           const int8_t *coarse, int8_t *output) {
  const ossicle_add_dense_layer own = *layer; /* which no output can overwrite */
  const int8_t *const end = output + own.elements;
  while (output != end) {
    *output++ = sum_of(&own, is_shifted, *fine++, *coarse++);
  }
}

void ossicle_add_dense(const ossicle_add_dense_layer *layer, const int8_t *left,
                       const int8_t *right, int8_t *output) {
  const int8_t *fine = layer->coarse_is_left ? right : left;
  const int8_t *coarse = layer->coarse_is_left ? left : right;
  if (layer->fine_shift > 0) {
    add_all(layer, 1, fine, coarse, output);
  } else {
    add_all(layer, 0, fine, coarse, output);
  }
  if (layer->minimum > INT8_MIN || layer->maximum < INT8_MAX) {
    for (int32_t i = 0; i < layer->elements; ++i) {
      output[i] = (int8_t)ossicle_clamp(output[i], layer->minimum, layer->maximum);
    }
  }
}
