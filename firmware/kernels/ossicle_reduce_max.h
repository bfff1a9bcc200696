/* REDUCE_MAX: the largest value along some axes, int8; input and output share scale and zero point.
 */
#ifndef OSSICLE_REDUCE_MAX_H
#define OSSICLE_REDUCE_MAX_H

#include "ossicle_reduction.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  ossicle_reduction_axes kept, reduced;
} ossicle_reduce_max_layer;

/* output: one element for each position of the kept axes; it must not overlap the input. */
void ossicle_reduce_max(const ossicle_reduce_max_layer *layer, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
