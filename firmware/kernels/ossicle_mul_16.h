/* MUL of int16: the product of two tensors, with broadcasting; zero points are 0. */
#ifndef OSSICLE_MUL_16_H
#define OSSICLE_MUL_16_H

#include "ossicle_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  ossicle_broadcast walk;
  int32_t multiplier, shift; /* left scale * right scale / output scale; shift is not positive */
  int32_t minimum, maximum;  /* the fused activation's range */
} ossicle_mul_16_layer;

/* All of int16. output may be either operand's memory if that operand is not broadcast. */
void ossicle_mul_16(const ossicle_mul_16_layer *layer, const void *left, const void *right,
                    void *output);

#ifdef __cplusplus
}
#endif

#endif
