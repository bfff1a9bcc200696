/* CONCATENATION: int8 tensors of one scale side by side along an axis. */
#ifndef OSSICLE_CONCATENATION_H
#define OSSICLE_CONCATENATION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t rows;           /* the product of the axes before the joined one */
  int32_t count;          /* of the inputs */
  const int32_t *lengths; /* the bytes of a row of each: the product of its other axes */
} ossicle_concatenation_layer;

/* output must not overlap any of the `count` inputs. */
void ossicle_concatenation(const ossicle_concatenation_layer *layer, const int8_t *const *inputs,
                           int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
