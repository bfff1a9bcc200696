/* ADD and SUB of two tensors of one shape, for cores with Helium: four elements at a time. */
#ifndef OSSICLE_ADD_MVE_H
#define OSSICLE_ADD_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An operand's element q becomes h = (q * gain + offset) * multiplier / 2^31, rounded, and that
 * over 2^-shift, rounded: what ossicle_add does, its headroom in `gain`. */
typedef struct {
  int32_t gain, offset;      /* offset: minus the zero point times gain */
  int32_t multiplier, shift; /* shift in [-31, -1] */
} ossicle_add_mve_operand;

typedef struct {
  int32_t count; /* of elements */
  ossicle_add_mve_operand left, right;
  int32_t multiplier, shift, zero_point; /* of the output; shift in [-31, -1] */
  int32_t minimum, maximum;              /* the fused activation's range */
} ossicle_add_mve_layer;

/* output may be either operand's memory. */
void ossicle_add_mve(const ossicle_add_mve_layer *layer, const int8_t *left, const int8_t *right,
                     int8_t *output);
void ossicle_sub_mve(const ossicle_add_mve_layer *layer, const int8_t *left, const int8_t *right,
                     int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
