/* QUANTIZE from float32 and DEQUANTIZE to it: the ends of a model that takes or gives real numbers.
 * No other kernel computes in floating point. */
#ifndef OSSICLE_FLOAT_H
#define OSSICLE_FLOAT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count;
  float scale;        /* real = scale * (integer - zero point) */
  int32_t zero_point; /* as int8; 0 of int16 */
  uint8_t flip;       /* 0x80 if the bytes are unsigned: with the top bit flipped they are int8 */
} ossicle_float_layer;

/* Both take or give the bytes of `count` floats in the core's own order, of any alignment. input
 * and output must not overlap. */
void ossicle_quantize_float(const ossicle_float_layer *layer, const int8_t *input, int8_t *output);
void ossicle_dequantize(const ossicle_float_layer *layer, const int8_t *input, int8_t *output);

/* The same to and from int16. */
void ossicle_quantize_float_16(const ossicle_float_layer *layer, const int8_t *input, void *output);
void ossicle_dequantize_16(const ossicle_float_layer *layer, const void *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
