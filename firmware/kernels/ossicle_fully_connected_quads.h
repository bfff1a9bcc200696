/* FULLY_CONNECTED four outputs at a time, the weights interleaved: faster than
 * ossicle_fully_connected without any scratch memory, and equal to it. */
#ifndef OSSICLE_FULLY_CONNECTED_QUADS_H
#define OSSICLE_FULLY_CONNECTED_QUADS_H

#include "ossicle_fully_connected.h"
#include "ossicle_multiply_quads.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  /* `biases` are there and make up for the input's zero point; input_offset and weights are not
   * used. Every shift is at most `lift` - 3 and at least `lift` - 31. */
  ossicle_fully_connected_layer layer;
  int32_t lift; /* no sum shifted left by it leaves 32 bits; not negative */
  /* [group of four outputs][quad of the input][output of the group], as `multiply` wants a group;
   * the last group is the last four outputs. */
  const void *quads;
  int32_t group_bytes;
  ossicle_multiply_block multiply;
} ossicle_fully_connected_quads_layer;

/* For layers whose input depth is a multiple of four, with four outputs or more. */
void ossicle_fully_connected_quads(const ossicle_fully_connected_quads_layer *layer,
                                   const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
