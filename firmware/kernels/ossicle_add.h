/* ADD and SUB: the sum and the difference of two tensors of different scales, with broadcasting. */
#ifndef OSSICLE_ADD_H
#define OSSICLE_ADD_H

#include "ossicle_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t offset; /* minus the zero point */
  int32_t multiplier, shift;
} ossicle_add_operand;

typedef struct {
  ossicle_broadcast walk;
  ossicle_add_operand left, right;
  int32_t multiplier, shift, zero_point; /* of the output */
  int32_t minimum, maximum;              /* the fused activation's range */
} ossicle_add_layer;

/* output may be either operand's memory if that operand is not broadcast. */
void ossicle_add(const ossicle_add_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output);
void ossicle_sub(const ossicle_add_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
