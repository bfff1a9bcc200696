/* Moving int8 elements without computing: TRANSPOSE, STRIDED_SLICE, CONCATENATION, SPLIT and kin.
 */
#ifndef OSSICLE_COPY_H
#define OSSICLE_COPY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OSSICLE_COPY_RANK 5

/* Elements that lie in even steps along each axis, where they come from and where they go. */
typedef struct {
  int32_t shape[OSSICLE_COPY_RANK]; /* leading ones where there are fewer axes */
  int32_t from[OSSICLE_COPY_RANK]; /* elements to the next along each axis; negative ones go back */
  int32_t to[OSSICLE_COPY_RANK];
  int32_t first, target; /* the elements of input and output at which the box begins */
} ossicle_box;

typedef struct {
  int32_t count;                   /* of the boxes */
  int32_t input_step, output_step; /* 1: each box has a tensor of its own; 0: all have the first */
  const ossicle_box *boxes;
} ossicle_copy_layer;

/* Box k goes from inputs[k * input_step] to outputs[k * output_step]; they must not overlap. */
void ossicle_copy(const ossicle_copy_layer *layer, const int8_t *const *inputs,
                  int8_t *const *outputs);

#ifdef __cplusplus
}
#endif

#endif
