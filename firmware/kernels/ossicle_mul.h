/* MUL: the product of two tensors, with broadcasting, int8. */
#ifndef OSSICLE_MUL_H
#define OSSICLE_MUL_H

#include "ossicle_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  ossicle_broadcast walk;
  int32_t left_offset, right_offset;     /* minus the zero points */
  int32_t multiplier, shift, zero_point; /* of the output */
  int32_t minimum, maximum;              /* the fused activation's range */
} ossicle_mul_layer;

/* output may be either operand's memory if that operand is not broadcast. */
void ossicle_mul(const ossicle_mul_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
