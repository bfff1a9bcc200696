/* DEPTHWISE_CONV_2D four channels at a time, a row of outputs after the other: faster than
 * ossicle_depthwise_conv_2d for some scratch memory, and equal to it. */
#ifndef OSSICLE_DEPTHWISE_CONV_2D_WIDE_H
#define OSSICLE_DEPTHWISE_CONV_2D_WIDE_H

#include "ossicle_depthwise_conv_2d.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pairs of taps; a last single tap is paired with a weight of zero. */
#define OSSICLE_TAP_PAIRS(taps) (((taps) + 1) / 2)

/* Scratch: every filter as pairs of int16, the place of every tap of a row of outputs, the sums of
 * four channels along it, and one position of padding. */
#define OSSICLE_DEPTHWISE_CONV_2D_WIDE_SCRATCH_BYTES(taps, columns, channels)                      \
  (OSSICLE_TAP_PAIRS(taps) * 4 * (channels) + (columns) * OSSICLE_TAP_PAIRS(taps) * 8 +            \
   (columns) * 16 + (channels))

/* For layers of depth multiplier 1, a multiple of four channels, and what ossicle_requantise_down
 * asks for. input, output: as for ossicle_depthwise_conv_2d; scratch: aligned to 4 bytes, in the
 * same array (arena) as the input. */
void ossicle_depthwise_conv_2d_wide(const ossicle_depthwise_conv_2d_layer *layer,
                                    const int8_t *input, int8_t *output, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
