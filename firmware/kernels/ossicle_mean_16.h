/* MEAN and SUM of int16; zero points are 0. */
#ifndef OSSICLE_MEAN_16_H
#define OSSICLE_MEAN_16_H

#include "ossicle_mean.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ossicle_mean_layer ossicle_mean_16_layer;

/* As ossicle_mean, but input and output are int16. */
void ossicle_mean_16(const ossicle_mean_layer *layer, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
