/* RESIZE_NEAREST_NEIGHBOR: each output element is a copy of one of the input, int8. */
#ifndef OSSICLE_RESIZE_NEAREST_NEIGHBOR_H
#define OSSICLE_RESIZE_NEAREST_NEIGHBOR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, image_bytes;  /* of the input */
  int32_t height, width, depth;  /* of the output */
  const int32_t *rows, *columns; /* bytes from the image to the row, and from there to the column */
} ossicle_resize_nearest_neighbor_layer;

/* input: [batches][rows][columns][depth]; output likewise; they must not overlap. */
void ossicle_resize_nearest_neighbor(const ossicle_resize_nearest_neighbor_layer *layer,
                                     const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
