/* MAXIMUM and MINIMUM: the larger and the smaller of two int8 tensors of one scale, with
 * broadcasting. */
#ifndef OSSICLE_MAXIMUM_MINIMUM_H
#define OSSICLE_MAXIMUM_MINIMUM_H

#include "ossicle_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  ossicle_broadcast walk;
} ossicle_maximum_minimum_layer;

/* output may be either operand's memory if that operand is not broadcast. */
void ossicle_maximum(const ossicle_maximum_minimum_layer *layer, const int8_t *left,
                     const int8_t *right, int8_t *output);
void ossicle_minimum(const ossicle_maximum_minimum_layer *layer, const int8_t *left,
                     const int8_t *right, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
