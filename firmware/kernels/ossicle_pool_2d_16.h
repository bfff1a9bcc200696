/* AVERAGE_POOL_2D and MAX_POOL_2D of int16; input and output share a scale. */
#ifndef OSSICLE_POOL_2D_16_H
#define OSSICLE_POOL_2D_16_H

#include "ossicle_pool_2d.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ossicle_pool_2d_layer ossicle_pool_2d_16_layer;

/* As ossicle_average_pool_2d and ossicle_max_pool_2d, but input and output are int16. */
void ossicle_average_pool_2d_16(const ossicle_pool_2d_layer *layer, const void *input,
                                void *output);
void ossicle_max_pool_2d_16(const ossicle_pool_2d_layer *layer, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
