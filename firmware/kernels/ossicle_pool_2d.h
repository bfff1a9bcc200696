/* AVERAGE_POOL_2D and MAX_POOL_2D, int8; input and output share scale and zero point. */
#ifndef OSSICLE_POOL_2D_H
#define OSSICLE_POOL_2D_H

#include "ossicle_window.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches;
  ossicle_axis height, width; /* dilation 1 */
  int32_t channels;
  int32_t minimum, maximum; /* the fused activation's range */
  int32_t accumulates; /* a maximum is that of the window and of what the output holds already */
} ossicle_pool_2d_layer;

/* input: [batches][height][width][channels]; output likewise; they must not overlap.
 * Padding is left out of the average and of the maximum. */
void ossicle_average_pool_2d(const ossicle_pool_2d_layer *layer, const int8_t *input,
                             int8_t *output);
void ossicle_max_pool_2d(const ossicle_pool_2d_layer *layer, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
