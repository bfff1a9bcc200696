/* MEAN and SUM: the average or the sum over some axes, int8. */
#ifndef OSSICLE_MEAN_H
#define OSSICLE_MEAN_H

#include "ossicle_reduction.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  ossicle_reduction_axes kept, reduced;
  int32_t input_offset;      /* minus count * zero point of the input */
  int32_t multiplier, shift; /* input scale / output scale; of a MEAN, divided by the count */
  int32_t zero_point;        /* of the output */
} ossicle_mean_layer;

/* output: one element for each position of the kept axes; it must not overlap the input. */
void ossicle_mean(const ossicle_mean_layer *layer, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
