/* Walking through the elements of a box along its axes, the last one fastest. */
#ifndef OSSICLE_INDEX_H
#define OSSICLE_INDEX_H

#include <stdint.h>

/* Steps `index` to the next place of a box of `rank` axes; 0 after the last. */
static inline int ossicle_next_index(const int32_t *shape, int32_t rank, int32_t *index) {
  for (int32_t axis = rank - 1; axis >= 0; --axis) {
    if (++index[axis] < shape[axis]) {
      return 1;
    }
    index[axis] = 0;
  }
  return 0;
}

/* How many elements after the first the place `index` lies, by the strides of the axes. */
static inline int32_t ossicle_offset_of(const int32_t *strides, int32_t rank,
                                        const int32_t *index) {
  int32_t offset = 0;
  for (int32_t axis = 0; axis < rank; ++axis) {
    offset += index[axis] * strides[axis];
  }
  return offset;
}

#endif
