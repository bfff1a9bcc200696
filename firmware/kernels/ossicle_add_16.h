/* ADD and SUB of int16: the sum and the difference of two tensors of different scales, with
 * broadcasting; zero points are 0. */
#ifndef OSSICLE_ADD_16_H
#define OSSICLE_ADD_16_H

#include "ossicle_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t multiplier, shift;
} ossicle_add_16_factor;

typedef struct {
  ossicle_broadcast walk;
  ossicle_add_16_factor left, right, output;
  int32_t minimum, maximum; /* the fused activation's range */
} ossicle_add_16_layer;

/* All of int16. output may be either operand's memory if that operand is not broadcast. */
void ossicle_add_16(const ossicle_add_16_layer *layer, const void *left, const void *right,
                    void *output);
void ossicle_sub_16(const ossicle_add_16_layer *layer, const void *left, const void *right,
                    void *output);

#ifdef __cplusplus
}
#endif

#endif
