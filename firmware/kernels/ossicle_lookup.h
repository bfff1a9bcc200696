/* Any function of one byte, as a table of its 256 values: activation functions, int8. */
#ifndef OSSICLE_LOOKUP_H
#define OSSICLE_LOOKUP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count;
  const int8_t *table; /* 256 outputs: of -128 first, of 127 last */
} ossicle_lookup_layer;

/* output may be the input's memory. */
void ossicle_lookup(const ossicle_lookup_layer *layer, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
