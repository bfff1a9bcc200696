/* The walk of operators with two operands, row by row, either repeated along some axes. */
#ifndef OSSICLE_BROADCAST_H
#define OSSICLE_BROADCAST_H

#include "ossicle_index.h"

#define OSSICLE_BROADCAST_RANK 5
#define OSSICLE_BROADCAST_LAST (OSSICLE_BROADCAST_RANK - 1)

typedef struct {
  int32_t shape[OSSICLE_BROADCAST_RANK]; /* of the output; leading ones where its rank is lower */
  /* Elements to the next along each axis; 0 where the operand is repeated. */
  int32_t left[OSSICLE_BROADCAST_RANK], right[OSSICLE_BROADCAST_RANK];
} ossicle_broadcast;

/* Steps `index`, of a row, along all axes but the last; 0 after the last row. */
static inline int ossicle_next_row(const ossicle_broadcast *walk, int32_t *index) {
  return ossicle_next_index(walk->shape, OSSICLE_BROADCAST_LAST, index);
}

/* Where the row of an operand with these strides begins. */
static inline const int8_t *ossicle_row_of(const int32_t *strides, const int8_t *tensor,
                                           const int32_t *index) {
  return tensor + ossicle_offset_of(strides, OSSICLE_BROADCAST_LAST, index);
}

/* What an operator makes of a pair of elements; `layer` is its descriptor. */
typedef int8_t (*ossicle_pair)(const void *layer, int8_t left, int8_t right);

/* Goes through all pairs. Inlined into a kernel that calls it once, it calls no pointer. */
static inline void ossicle_for_each_pair(const ossicle_broadcast *walk, ossicle_pair pair,
                                         const void *layer, const int8_t *left, const int8_t *right,
                                         int8_t *output) {
  int32_t index[OSSICLE_BROADCAST_RANK] = {0};
  do {
    const int8_t *a = ossicle_row_of(walk->left, left, index);
    const int8_t *b = ossicle_row_of(walk->right, right, index);
    for (int32_t i = 0; i < walk->shape[OSSICLE_BROADCAST_LAST]; ++i) {
      *output++ = pair(layer, *a, *b);
      a += walk->left[OSSICLE_BROADCAST_LAST];
      b += walk->right[OSSICLE_BROADCAST_LAST];
    }
  } while (ossicle_next_row(walk, index));
}

/* The same of int16. */
typedef int16_t (*ossicle_pair_16)(const void *layer, int16_t left, int16_t right);

static inline void ossicle_for_each_pair_16(const ossicle_broadcast *walk, ossicle_pair_16 pair,
                                            const void *layer, const int16_t *left,
                                            const int16_t *right, int16_t *output) {
  int32_t index[OSSICLE_BROADCAST_RANK] = {0};
  do {
    const int16_t *a = left + ossicle_offset_of(walk->left, OSSICLE_BROADCAST_LAST, index);
    const int16_t *b = right + ossicle_offset_of(walk->right, OSSICLE_BROADCAST_LAST, index);
    for (int32_t i = 0; i < walk->shape[OSSICLE_BROADCAST_LAST]; ++i) {
      *output++ = pair(layer, *a, *b);
      a += walk->left[OSSICLE_BROADCAST_LAST];
      b += walk->right[OSSICLE_BROADCAST_LAST];
    }
  } while (ossicle_next_row(walk, index));
}

#endif
