/* QUANTIZE from int16, whose zero point is 0, to another scale. */
#ifndef OSSICLE_QUANTIZE_16_H
#define OSSICLE_QUANTIZE_16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count;
  int32_t input_offset; /* minus the input's zero point: 0 */
  int32_t multiplier, shift;
  int32_t zero_point; /* of the output */
  int32_t is_wide;    /* 1: output is int16, 0: int8 */
} ossicle_quantize_16_layer;

/* output may be the input's memory if it is int16. */
void ossicle_quantize_16(const ossicle_quantize_16_layer *layer, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
