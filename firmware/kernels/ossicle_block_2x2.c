#include "ossicle_block_2x2.h"

#include "ossicle_dsp.h"

#if OSSICLE_HAS_DSP

static inline void widen_quad(uint32_t bytes, uint32_t offsets, int16_t *to) {
  const uint32_t even = ossicle_add_bytes_0_2(offsets, bytes);
  const uint32_t odd = ossicle_add_bytes_1_3(offsets, bytes);
  memcpy(to, &even, sizeof even);
  memcpy(to + 4, &odd, sizeof odd);
}

void ossicle_widen_quads(const int8_t *from, int32_t count, int32_t offset, int16_t *to) {
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

/* In assembly because the loop holds fourteen values and a compiler spills: two load-multiples and
 * eight SMLAD for sixteen products. r10 to lr are the sums, the end of the loop waits on the stack.
 */
#define QUAD                                                                                       \
  "ldmia r0!, {r2-r5}\n"                                                                           \
  "ldmia r1!, {r6-r9}\n"                                                                           \
  "smlad r10, r2, r6, r10\n"                                                                       \
  "smlad r11, r2, r7, r11\n"                                                                       \
  "smlad r12, r3, r6, r12\n"                                                                       \
  "smlad lr, r3, r7, lr\n"                                                                         \
  "smlad r10, r4, r8, r10\n"                                                                       \
  "smlad r11, r4, r9, r11\n"                                                                       \
  "smlad r12, r5, r8, r12\n"                                                                       \
  "smlad lr, r5, r9, lr\n"

__attribute__((naked)) void ossicle_block_2x2(__attribute__((unused)) const int16_t *left,
                                              __attribute__((unused)) const int16_t *right,
                                              __attribute__((unused)) int32_t quads,
                                              __attribute__((unused)) int32_t *sums) {
  __asm volatile(
      "push {r3-r11, lr}\n"
      "ldm r3, {r10-r12, lr}\n"
      "and r4, r2, #3\n"
      "add r3, r0, r2, lsl #4\n" /* the end, after all quads */
      "add r4, r0, r4, lsl #4\n" /* the end of those beyond a multiple of four */
      "push {r3, r4}\n"
      "b 2f\n"
      "1:\n" QUAD
      "ldr r4, [sp, #4]\n"
      "2: cmp r0, r4\n"
      "bne 1b\n"
      "ldr r3, [sp]\n"
      "b 4f\n"
      "3:\n" QUAD QUAD QUAD QUAD
      "ldr r3, [sp]\n"
      "4: cmp r0, r3\n"
      "bne 3b\n"
      "ldr r3, [sp, #8]\n"
      "stm r3, {r10-r12, lr}\n"
      "add sp, #8\n"
      "pop {r3-r11, pc}\n");
}

#else

static int16_t element(const int8_t *from, int32_t index, int32_t count, int32_t offset) {
  return index < count ? (int16_t)(from[index] + offset) : 0;
}

void ossicle_widen_quads(const int8_t *from, int32_t count, int32_t offset, int16_t *to) {
  for (int32_t i = 0; i < count; i += 4, to += 8) {
    to[0] = element(from, i, count, offset);
    to[1] = element(from, i + 2, count, offset);
    to[4] = element(from, i + 1, count, offset);
    to[5] = element(from, i + 3, count, offset);
  }
}

void ossicle_block_2x2(const int16_t *left, const int16_t *right, int32_t quads, int32_t *sums) {
  for (int32_t i = 0; i < 2 * quads; ++i, left += 4, right += 4) {
    sums[0] += left[0] * right[0] + left[1] * right[1];
    sums[1] += left[0] * right[2] + left[1] * right[3];
    sums[2] += left[2] * right[0] + left[3] * right[1];
    sums[3] += left[2] * right[2] + left[3] * right[3];
  }
}

#endif
