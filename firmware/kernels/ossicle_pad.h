/* PAD and PADV2: a border of one value, int8. */
#ifndef OSSICLE_PAD_H
#define OSSICLE_PAD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OSSICLE_PAD_RANK 5

typedef struct {
  int32_t input_shape[OSSICLE_PAD_RANK]; /* leading ones where the rank is lower */
  int32_t output_shape[OSSICLE_PAD_RANK];
  int32_t before[OSSICLE_PAD_RANK]; /* elements of border before the input along each axis */
  int8_t border;                    /* the zero point, or another value */
} ossicle_pad_layer;

/* input and output must not overlap. */
void ossicle_pad(const ossicle_pad_layer *layer, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
