/* QUANTIZE: from one 8-bit scale and zero point to another. */
#ifndef OSSICLE_QUANTIZE_H
#define OSSICLE_QUANTIZE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count;
  int32_t input_offset; /* minus the input's zero point, as int8 */
  int32_t multiplier, shift;
  int32_t zero_point; /* of the output, as int8 */
  /* An unsigned byte with its top bit flipped is an int8 whose zero point is lower by 128. */
  uint8_t input_flip, output_flip; /* 0x80 for uint8, 0 for int8 */
} ossicle_quantize_layer;

/* output may be the input's memory. */
void ossicle_quantize(const ossicle_quantize_layer *layer, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
