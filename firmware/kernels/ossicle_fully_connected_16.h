/* FULLY_CONNECTED of int16 with int8 weights; zero points are 0. */
#ifndef OSSICLE_FULLY_CONNECTED_16_H
#define OSSICLE_FULLY_CONNECTED_16_H

#include "ossicle_fully_connected.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ossicle_fully_connected_layer ossicle_fully_connected_16_layer;

/* As ossicle_fully_connected, but input and output are int16. */
void ossicle_fully_connected_16(const ossicle_fully_connected_layer *layer, const void *input,
                                void *output);

#ifdef __cplusplus
}
#endif

#endif
