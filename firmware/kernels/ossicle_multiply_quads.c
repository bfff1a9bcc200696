#include "ossicle_multiply_quads.h"

#include "ossicle_dsp.h"

#if OSSICLE_HAS_DSP

/* In assembly because the loop holds fourteen values and a compiler spills; one load-multiple
 * brings four words of weights. `quad` multiplies a quad of the input at r0 by those at r1. */
#define MULTIPLY(name, quad)                                                                       \
  __attribute__((naked)) void name(                                                                \
      __attribute__((unused)) const int8_t *input, __attribute__((unused)) const void *quads,      \
      __attribute__((unused)) int32_t depth, __attribute__((unused)) int32_t *sums) {              \
    __asm volatile(                                                                                \
        "push {r3-r11, lr}\n"                                                                      \
        "ldm r3, {r8-r11}\n"                                                                       \
        "add lr, r0, r2\n" /* the end of the input */                                              \
        "and r3, r2, #12\n"                                                                        \
        "cmp r3, #8\n" /* quads beyond a multiple of four: 2 */                                    \
        "beq 2f\n"                                                                                 \
        "bhi 3f\n"                                                                                 \
        "cmp r3, #0\n"                                                                             \
        "bne 1f\n"                                                                                 \
        "4:\n" quad "3:\n" quad "2:\n" quad "1:\n" quad                                            \
        "cmp r0, lr\n"                                                                             \
        "bne 4b\n"                                                                                 \
        "pop {r3}\n"                                                                               \
        "stm r3, {r8-r11}\n"                                                                       \
        "pop {r4-r11, pc}\n");                                                                     \
  }

/* The quad of one row, in register `w`, times that of the input, unpacked in r2 and r3. */
#define ROW(w, sum)                                                                                \
  "sxtb16 r12, " w                                                                                 \
  "\n"                                                                                             \
  "sxtb16 " w ", " w                                                                               \
  ", ror #8\n"                                                                                     \
  "smlad " sum ", r2, r12, " sum                                                                   \
  "\n"                                                                                             \
  "smlad " sum ", r3, " w ", " sum "\n"

MULTIPLY(ossicle_multiply_quads,
         "ldr r3, [r0], #4\n"
         "ldmia r1!, {r4-r7}\n"
         "sxtb16 r2, r3\n"
         "sxtb16 r3, r3, ror #8\n" ROW("r4", "r8") ROW("r5", "r9") ROW("r6", "r10")
             ROW("r7", "r11"))

/* Two elements of each row times those of the input in register `pair`. */
#define PAIR(pair)                                                                                 \
  "ldmia r1!, {r4-r7}\n"                                                                           \
  "smlad r8, " pair                                                                                \
  ", r4, r8\n"                                                                                     \
  "smlad r9, " pair                                                                                \
  ", r5, r9\n"                                                                                     \
  "smlad r10, " pair                                                                               \
  ", r6, r10\n"                                                                                    \
  "smlad r11, " pair ", r7, r11\n"

MULTIPLY(ossicle_multiply_wide_quads,
         "ldr r3, [r0], #4\n"
         "sxtb16 r2, r3\n"
         "sxtb16 r3, r3, ror #8\n" PAIR("r2") PAIR("r3"))

#else

void ossicle_multiply_quads(const int8_t *input, const void *quads, int32_t depth, int32_t *sums) {
  const int32_t *quad = quads;
  for (int32_t i = 0; i < depth; i += 4) {
    for (int32_t row = 0; row < OSSICLE_QUADS_ROWS; ++row, ++quad) {
      for (int32_t j = 0; j < 4; ++j) {
        sums[row] += input[i + j] * (int8_t)((uint32_t)*quad >> 8 * j);
      }
    }
  }
}

void ossicle_multiply_wide_quads(const int8_t *input, const void *quads, int32_t depth,
                                 int32_t *sums) {
  const int16_t *pair = quads;
  for (int32_t i = 0; i < depth; i += 4) {
    for (int32_t odd = 0; odd < 2; ++odd) {
      for (int32_t row = 0; row < OSSICLE_QUADS_ROWS; ++row, pair += 2) {
        sums[row] += input[i + odd] * pair[0] + input[i + 2 + odd] * pair[1];
      }
    }
  }
}

#endif
