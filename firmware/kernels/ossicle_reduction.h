/* Walking along some axes of a tensor: those that a reduction keeps, and those that it reduces. */
#ifndef OSSICLE_REDUCTION_H
#define OSSICLE_REDUCTION_H

#include <stdint.h>

#define OSSICLE_REDUCTION_RANK 5

/* Axes to walk along: how many elements each has, and how far apart they lie in the input. */
typedef struct {
  int32_t lengths[OSSICLE_REDUCTION_RANK]; /* ones where there are fewer axes */
  int32_t strides[OSSICLE_REDUCTION_RANK];
} ossicle_reduction_axes;

/* Steps `index` to the next position in row-major order; *offset follows in the input. */
static inline int ossicle_next_along(const ossicle_reduction_axes *axes, int32_t *index,
                                     int32_t *offset) {
  for (int32_t axis = OSSICLE_REDUCTION_RANK - 1; axis >= 0; --axis) {
    *offset += axes->strides[axis];
    if (++index[axis] < axes->lengths[axis]) {
      return 1;
    }
    *offset -= index[axis] * axes->strides[axis];
    index[axis] = 0;
  }
  return 0;
}

#endif
