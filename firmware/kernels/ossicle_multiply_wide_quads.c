#include "ossicle_dsp.h"
#include "ossicle_multiply_quads.h"

#if OSSICLE_HAS_DSP

#define HALF(pair)                                                                                 \
  "ldmia r1!, {r4-r7}\n"                                                                           \
  "smlad r8, " pair                                                                                \
  ", r4, r8\n"                                                                                     \
  "smlad r9, " pair                                                                                \
  ", r5, r9\n"                                                                                     \
  "smlad r10, " pair                                                                               \
  ", r6, r10\n"                                                                                    \
  "smlad r11, " pair ", r7, r11\n"

#define QUAD                                                                                       \
  "ldr r3, [r0], #4\n"                                                                             \
  "sxtb16 r2, r3\n"                                                                                \
  "sxtb16 r3, r3, ror #8\n" HALF("r2") HALF("r3")

__attribute__((naked)) void ossicle_multiply_wide_quads(__attribute__((unused)) const int8_t *input,
                                                        __attribute__((unused)) const void *quads,
                                                        __attribute__((unused)) int32_t depth,
                                                        __attribute__((unused)) int32_t *sums) {
  __asm volatile(
      "push {r3-r11, lr}\n"
      "ldm r3, {r8-r11}\n"
      "add lr, r0, r2\n" /* the end of the input */
      "and r3, r2, #12\n"
      "cmp r3, #8\n" /* quads beyond a multiple of four: 2 */
      "beq 2f\n"
      "bhi 3f\n"
      "cmp r3, #0\n"
      "bne 1f\n"
      "4:\n" QUAD "3:\n" QUAD "2:\n" QUAD "1:\n" QUAD
      "cmp r0, lr\n"
      "bne 4b\n"
      "pop {r3}\n"
      "stm r3, {r8-r11}\n"
      "pop {r4-r11, pc}\n");
}

#else

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
