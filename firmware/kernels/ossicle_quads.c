#include "ossicle_quads.h"

#include "ossicle_dsp.h"

#if OSSICLE_HAS_DSP

static inline void widen_quad(uint32_t bytes, uint32_t offsets, int16_t *to) {
  const uint32_t even = ossicle_add_bytes_0_2(offsets, bytes);
  const uint32_t odd = ossicle_add_bytes_1_3(offsets, bytes);
  memcpy(to, &even, sizeof even);
  memcpy(to + 4, &odd, sizeof odd);
}

void ossicle_widen_row(const int8_t *from, int32_t count, int32_t offset, int16_t *to) {
  const uint32_t offsets = ossicle_twice(offset);
  for (; count >= 16; count -= 16, from += 16, to += 32) {
    widen_quad(ossicle_load_bytes(from), offsets, to);
    widen_quad(ossicle_load_bytes(from + 4), offsets, to + 8);
    widen_quad(ossicle_load_bytes(from + 8), offsets, to + 16);
    widen_quad(ossicle_load_bytes(from + 12), offsets, to + 24);
  }
  for (; count >= 4; count -= 4, from += 4, to += 8) {
    widen_quad(ossicle_load_bytes(from), offsets, to);
  }
  if (count > 0) {
    to[0] = (int16_t)(from[0] + offset);
    to[4] = count > 1 ? (int16_t)(from[1] + offset) : 0;
    to[1] = count > 2 ? (int16_t)(from[2] + offset) : 0;
    to[5] = 0;
  }
}

/* Store-multiple wants registers in order, which a compiler does not arrange. */
#define ROWS_QUAD                                                                                  \
  "ldr r4, [%[row_0]], #4\n"                                                                       \
  "ldr r5, [%[row_1]], #4\n"                                                                       \
  "sxtab16 r6, %[offsets], r4\n"                                                                   \
  "sxtab16 r7, %[offsets], r5\n"                                                                   \
  "sxtab16 r8, %[offsets], r4, ror #8\n"                                                           \
  "sxtab16 r9, %[offsets], r5, ror #8\n"                                                           \
  "stmia %[to]!, {r6-r9}\n"

void ossicle_widen_rows(const int8_t *row_0, const int8_t *row_1, int32_t count, int32_t offset,
                        int16_t *to) {
  const uint32_t offsets = ossicle_twice(offset);
  for (; count >= 16; count -= 16) {
    __asm volatile(ROWS_QUAD ROWS_QUAD ROWS_QUAD ROWS_QUAD
                   : [row_0] "+r"(row_0), [row_1] "+r"(row_1), [to] "+r"(to)
                   : [offsets] "r"(offsets)
                   : "r4", "r5", "r6", "r7", "r8", "r9", "memory");
  }
  for (; count > 0; count -= 4) {
    __asm volatile(ROWS_QUAD
                   : [row_0] "+r"(row_0), [row_1] "+r"(row_1), [to] "+r"(to)
                   : [offsets] "r"(offsets)
                   : "r4", "r5", "r6", "r7", "r8", "r9", "memory");
  }
}

#define PAIR_QUAD                                                                                  \
  "ldrd r4, r5, [%[from]], #8\n"                                                                   \
  "sxtb16 r6, r4\n"                                                                                \
  "sxtb16 r7, r5\n"                                                                                \
  "sxtb16 r8, r4, ror #8\n"                                                                        \
  "sxtb16 r9, r5, ror #8\n"                                                                        \
  "stmia %[to]!, {r6-r9}\n"

void ossicle_widen_pair(const int8_t *from, int32_t quads, int16_t *to) {
  for (; quads >= 4; quads -= 4) {
    __asm volatile(PAIR_QUAD PAIR_QUAD PAIR_QUAD PAIR_QUAD
                   : [from] "+r"(from), [to] "+r"(to)
                   :
                   : "r4", "r5", "r6", "r7", "r8", "r9", "memory");
  }
  for (; quads > 0; --quads) {
    __asm volatile(PAIR_QUAD
                   : [from] "+r"(from), [to] "+r"(to)
                   :
                   : "r4", "r5", "r6", "r7", "r8", "r9", "memory");
  }
}

#else

static int16_t element(const int8_t *from, int32_t index, int32_t count, int32_t offset) {
  return index < count ? (int16_t)(from[index] + offset) : 0;
}

void ossicle_widen_row(const int8_t *from, int32_t count, int32_t offset, int16_t *to) {
  for (int32_t i = 0; i < count; i += 4, to += 8) {
    to[0] = element(from, i, count, offset);
    to[1] = element(from, i + 2, count, offset);
    to[4] = element(from, i + 1, count, offset);
    to[5] = element(from, i + 3, count, offset);
  }
}

void ossicle_widen_rows(const int8_t *row_0, const int8_t *row_1, int32_t count, int32_t offset,
                        int16_t *to) {
  ossicle_widen_row(row_0, count, offset, to);
  ossicle_widen_row(row_1, count, offset, to + 2);
}

void ossicle_widen_pair(const int8_t *from, int32_t quads, int16_t *to) {
  for (; quads > 0; --quads, from += 8, to += 8) {
    ossicle_widen_rows(from, from + 4, 4, 0, to);
  }
}

#endif
