/* ADD: the sum of two tensors of different scales, with broadcasting, int8. */
#ifndef OSSICLE_ADD_H
#define OSSICLE_ADD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OSSICLE_ADD_RANK 5

typedef struct {
  int32_t offset; /* minus the zero point */
  int32_t multiplier, shift;
  int32_t strides[OSSICLE_ADD_RANK]; /* elements to the next along each axis; 0 where broadcast */
} ossicle_add_operand;

typedef struct {
  int32_t shape[OSSICLE_ADD_RANK]; /* of the output; leading ones where its rank is lower */
  ossicle_add_operand left, right;
  int32_t multiplier, shift, zero_point; /* of the output */
  int32_t minimum, maximum;              /* the fused activation's range */
} ossicle_add_layer;

/* output may be either operand's memory if that operand is not broadcast. */
void ossicle_add(const ossicle_add_layer *layer, const int8_t *left, const int8_t *right,
                 int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
