/* The walk of operators with two operands, row by row, either repeated along some axes. */
#ifndef OSSICLE_BROADCAST_H
#define OSSICLE_BROADCAST_H

#include <stdint.h>

#define OSSICLE_BROADCAST_RANK 5
#define OSSICLE_BROADCAST_LAST (OSSICLE_BROADCAST_RANK - 1)

typedef struct {
  int32_t shape[OSSICLE_BROADCAST_RANK]; /* of the output; leading ones where its rank is lower */
  /* Elements to the next along each axis; 0 where the operand is repeated. */
  int32_t left[OSSICLE_BROADCAST_RANK], right[OSSICLE_BROADCAST_RANK];
} ossicle_broadcast;

/* Steps `index`, of a row, along all axes but the last; 0 after the last row. */
static inline int ossicle_next_row(const ossicle_broadcast *walk, int32_t *index) {
  for (int32_t axis = OSSICLE_BROADCAST_LAST - 1; axis >= 0; --axis) {
    if (++index[axis] < walk->shape[axis]) {
      return 1;
    }
    index[axis] = 0;
  }
  return 0;
}

/* Where the row of an operand with these strides begins. */
static inline const int8_t *ossicle_row_of(const int32_t *strides, const int8_t *tensor,
                                           const int32_t *index) {
  for (int32_t axis = 0; axis < OSSICLE_BROADCAST_LAST; ++axis) {
    tensor += index[axis] * strides[axis];
  }
  return tensor;
}

#endif
