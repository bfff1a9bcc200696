/* RESIZE_BILINEAR: each output element is weighed from four of the input, int8. */
#ifndef OSSICLE_RESIZE_BILINEAR_H
#define OSSICLE_RESIZE_BILINEAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A place between two rows, or between two columns. */
typedef struct {
  int32_t lower, upper; /* bytes from the image to the row, or from the row to the column */
  int32_t weight;       /* of the upper one in 2^-10, in [-2^9, 2^10); the lower one has the rest */
} ossicle_between;

typedef struct {
  int32_t batches, image_bytes; /* of the input */
  int32_t height, width, depth; /* of the output */
  const ossicle_between *rows, *columns;
} ossicle_resize_bilinear_layer;

/* input: [batches][rows][columns][depth]; output likewise; they must not overlap. */
void ossicle_resize_bilinear(const ossicle_resize_bilinear_layer *layer, const int8_t *input,
                             int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
