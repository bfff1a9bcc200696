/* FULLY_CONNECTED four outputs at a time, the input widened once: faster than
 * ossicle_fully_connected for some scratch memory, and equal to it. */
#ifndef OSSICLE_FULLY_CONNECTED_WIDE_H
#define OSSICLE_FULLY_CONNECTED_WIDE_H

#include "ossicle_fully_connected.h"

#ifdef __cplusplus
extern "C" {
#endif

/* For layers whose input depth is a multiple of four, with four outputs or more. input, output: as
 * for ossicle_fully_connected; scratch: 2 * input_depth bytes, aligned to 4. */
void ossicle_fully_connected_wide(const ossicle_fully_connected_layer *layer, const int8_t *input,
                                  int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
