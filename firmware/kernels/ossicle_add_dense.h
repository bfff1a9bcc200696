/* ADD and SUB of two tensors of one shape: the same integers as ossicle_add and ossicle_sub, in
 * fewer instructions. */
#ifndef OSSICLE_ADD_DENSE_H
#define OSSICLE_ADD_DENSE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of the operands one, the `coarse` one, has the larger scale and so the factor 1/2, which rounds
 * nothing. Everything is held twice as large, so that the high products are those of doubled
 * numbers. */
typedef struct {
  int32_t elements;
  int32_t coarse_is_left;
  int32_t fine_offset;      /* minus the fine operand's zero point * 2^21 */
  int32_t fine_multiplier;  /* of its factor */
  int32_t fine_half;        /* half of 2^fine_shift */
  int32_t fine_shift;       /* to the right, in [0, 31] */
  int32_t fine_sign;        /* 2 or, if it is taken away, -2 */
  int32_t coarse_factor;    /* 2^20 or, if it is taken away, -2^20 */
  int32_t coarse_offset;    /* minus the coarse operand's zero point * coarse_factor */
  int32_t multiplier;       /* of the output's factor */
  int32_t half;             /* half of 2^shift, and the zero point times 2^shift */
  int32_t shift;            /* to the right, in [1, 22] */
  int32_t minimum, maximum; /* the fused activation's range */
} ossicle_add_dense_layer;

/* output may be either operand's memory. */
void ossicle_add_dense(const ossicle_add_dense_layer *layer, const int8_t *left,
                       const int8_t *right, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
