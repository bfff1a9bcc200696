/* Instructions of the DSP extension (Cortex-M4, M7, M33) that a compiler does not find by itself:
 * one each. Pairs are two int16 in a word, the first low. Without optimisation GCC has no register
 * to spare for assembly: a build for the debugger takes the portable twins, the same integers. */
#ifndef OSSICLE_DSP_H
#define OSSICLE_DSP_H

#include <stdint.h>
#include <string.h>

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__) && defined(__OPTIMIZE__)
#define OSSICLE_HAS_DSP 1

#define OSSICLE_INSTRUCTION(name, instruction, tail)                                               \
  static inline uint32_t name(uint32_t a, uint32_t b) {                                            \
    uint32_t result;                                                                               \
    __asm__(instruction " %0, %1, %2" tail : "=r"(result) : "r"(a), "r"(b));                       \
    return result;                                                                                 \
  }

/* Pair a plus bytes 0 and 2, or 1 and 3, of b, sign-extended. */
OSSICLE_INSTRUCTION(ossicle_add_bytes_0_2, "sxtab16", "")
OSSICLE_INSTRUCTION(ossicle_add_bytes_1_3, "sxtab16", ", ror #8")
/* The first, or the second, of pair a and of pair b. */
OSSICLE_INSTRUCTION(ossicle_firsts, "pkhbt", ", lsl #16")
static inline uint32_t ossicle_seconds(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(b), "r"(a));
  return result;
}

#undef OSSICLE_INSTRUCTION

/* Bytes 0 and 2, or 1 and 3, sign-extended to a pair. */
static inline uint32_t ossicle_bytes_0_2(uint32_t bytes) {
  uint32_t result;
  __asm__("sxtb16 %0, %1" : "=r"(result) : "r"(bytes));
  return result;
}

static inline uint32_t ossicle_bytes_1_3(uint32_t bytes) {
  uint32_t result;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(bytes));
  return result;
}

/* sum + a.first * b.first + a.second * b.second. */
static inline int32_t ossicle_multiply_pairs(uint32_t a, uint32_t b, int32_t sum) {
  int32_t result;
  __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

/* round(2 * value * multiplier / 2^32), halves up. */
static inline int32_t ossicle_double_and_multiply(int32_t value, int32_t multiplier) {
  int32_t result;
  __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(value * 2), "r"(multiplier));
  return result;
}

/* round(a * b / 2^32), halves up. */
static inline int32_t ossicle_multiply_high(int32_t a, int32_t b) {
  int32_t result;
  __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

/* round(a * b / 2^32) + sum, halves up. */
static inline int32_t ossicle_multiply_high_and_add(int32_t a, int32_t b, int32_t sum) {
  int32_t result;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

static inline int32_t ossicle_saturate_to_int8(int32_t value) {
  int32_t result;
  __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
  return result;
}

/* A pair of the same number. */
static inline uint32_t ossicle_twice(int32_t value) {
  const uint32_t half = (uint32_t)value & 0xffffu;
  return half << 16 | half;
}

/* Four bytes from anywhere: these cores load unaligned words. */
static inline uint32_t ossicle_load_bytes(const int8_t *from) {
  uint32_t bytes;
  memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

#else
#define OSSICLE_HAS_DSP 0
#endif

#endif
