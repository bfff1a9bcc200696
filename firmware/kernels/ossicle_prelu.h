/* PRELU: the identity, bent at zero by slopes that may differ by element, int8. */
#ifndef OSSICLE_PRELU_H
#define OSSICLE_PRELU_H

#include "ossicle_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  ossicle_broadcast walk;
  int32_t input_offset, slope_offset;    /* minus the zero points */
  int32_t multiplier, shift;             /* at and above the input's zero point */
  int32_t slope_multiplier, slope_shift; /* of input times slope, below it */
  int32_t zero_point;                    /* of the output */
} ossicle_prelu_layer;

/* output may be the input's memory. */
void ossicle_prelu(const ossicle_prelu_layer *layer, const int8_t *input, const int8_t *slopes,
                   int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
