#include "ossicle_columns_mve.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>

/* Offsets of a vector's bytes, when pieces of `bytes` that lie side by side go `to_step` apart. */
static uint8x16_t scattered(int32_t bytes, int32_t to_step) {
  uint8_t offsets[16];
  for (int32_t i = 0; i < 16; ++i) {
    offsets[i] = (uint8_t)(i / bytes * to_step + i % bytes);
  }
  return vldrbq_u8(offsets);
}

/* Pieces so short that a vector takes several of them. */
static void copy_short(int8_t *to, int32_t to_step, const int8_t *from, int32_t bytes,
                       int32_t count) {
  const uint8x16_t offsets = scattered(bytes, to_step);
  const int32_t pieces = 16 / bytes;
  for (; count > 0; count -= pieces, from += pieces * bytes, to += pieces * to_step) {
    const int32_t used = count < pieces ? count : pieces;
    const mve_pred16_t lanes = vctp8q((uint32_t)(used * bytes));
    vstrbq_scatter_offset_p_s8(to, offsets, vldrbq_z_s8(from, lanes), lanes);
  }
}

void ossicle_copy_columns_mve(int8_t *to, int32_t to_step, const int8_t *from, int32_t from_step,
                              int32_t bytes, int32_t count) {
  if (bytes == from_step && bytes <= 8 && 15 * to_step <= UINT8_MAX) {
    copy_short(to, to_step, from, bytes, count);
    return;
  }
  for (; count > 0; --count, to += to_step, from += from_step) {
    int32_t done = 0;
    for (; bytes - done >= 16; done += 16) {
      vstrbq_s8(to + done, vldrbq_s8(from + done));
    }
    if (done < bytes) {
      const mve_pred16_t lanes = vctp8q((uint32_t)(bytes - done));
      vstrbq_p_s8(to + done, vldrbq_z_s8(from + done, lanes), lanes);
    }
  }
}

void ossicle_fill_columns_mve(int8_t *to, int32_t to_step, int32_t value, int32_t bytes,
                              int32_t count) {
  const int8x16_t values = vdupq_n_s8((int8_t)value);
  for (; count > 0; --count, to += to_step) {
    for (int32_t done = 0; done < bytes; done += 16) {
      vstrbq_p_s8(to + done, values, vctp8q((uint32_t)(bytes - done)));
    }
  }
}

#else

void ossicle_copy_columns_mve(int8_t *to, int32_t to_step, const int8_t *from, int32_t from_step,
                              int32_t bytes, int32_t count) {
  for (; count > 0; --count, to += to_step, from += from_step) {
    for (int32_t i = 0; i < bytes; ++i) {
      to[i] = from[i];
    }
  }
}

void ossicle_fill_columns_mve(int8_t *to, int32_t to_step, int32_t value, int32_t bytes,
                              int32_t count) {
  for (; count > 0; --count, to += to_step) {
    for (int32_t i = 0; i < bytes; ++i) {
      to[i] = (int8_t)value;
    }
  }
}

#endif
