/* Copying pixels to where kernels for Helium want them. */
#ifndef OSSICLE_COLUMNS_MVE_H
#define OSSICLE_COLUMNS_MVE_H

#include <stdint.h>

/* Copies `count` pieces of `bytes` bytes, `from_step` apart, to places `to_step` apart. */
void ossicle_copy_columns_mve(int8_t *to, int32_t to_step, const int8_t *from, int32_t from_step,
                              int32_t bytes, int32_t count);

/* Writes `value` there instead. */
void ossicle_fill_columns_mve(int8_t *to, int32_t to_step, int32_t value, int32_t bytes,
                              int32_t count);

#endif
