/* ADD and SUB of two tensors of one shape: the same integers as ossicle_add and ossicle_sub, with
 * one rounding in place of five. */
#ifndef OSSICLE_ADD_ONCE_H
#define OSSICLE_ADD_ONCE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The compiler has tried all pairs of bytes: the output is always
 * (left * left_factor + right * right_factor + offset) / 2^shift, rounded down and clamped, and no
 * part of it leaves 32 bits. */
typedef struct {
  int32_t elements;
  int32_t left_factor, right_factor, offset;
  int32_t shift;            /* in [1, 30] */
  int32_t minimum, maximum; /* the fused activation's range */
} ossicle_add_once_layer;

/* output may be either operand's memory. */
void ossicle_add_once(const ossicle_add_once_layer *layer, const int8_t *left, const int8_t *right,
                      int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
