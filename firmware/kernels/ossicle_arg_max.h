/* ARG_MAX: where along an axis the largest of int8 values is. */
#ifndef OSSICLE_ARG_MAX_H
#define OSSICLE_ARG_MAX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t rows, length,
      columns;     /* the axes before it as one, the axis, the axes behind it as one */
  int32_t is_wide; /* 1: the indices are int64; 0: int32 */
} ossicle_arg_max_layer;

/* input: [rows][length][columns]; output: the bytes of [rows][columns] indices, the lowest of equal
 * values; they must not overlap. */
void ossicle_arg_max(const ossicle_arg_max_layer *layer, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
