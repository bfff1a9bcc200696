/* The levels of ossicle_frontend_levels.c, four bands at once, for Helium.
 *
 * Numbers of 64 bits lie in two vectors, of their lower and of their upper words. A carry is where
 * a sum is less than a summand, which VPT asks, and the next instruction, predicated, takes it. An
 * interval rises into the band that the next one falls from: VSHLC moves what rises one lane on,
 * and what leaves the last lane comes to the first of the next four. The last bands may be fewer
 * than four: LETP switches the other lanes off.
 */
#ifndef OSSICLE_FRONTEND_LEVELS_MVE_H
#define OSSICLE_FRONTEND_LEVELS_MVE_H

#include "ossicle_frontend_mve.h"
#include "ossicle_frontend_ramps.h"

#define OSSICLE_FRONTEND_LINE(instruction) instruction "\n\t"

/* `low` and `high` become ossicle_frontend_mul_wide of a number and a factor. */
#define OSSICLE_FRONTEND_MUL_WIDE_MVE(low, high, carried, number_low, number_high, factor)         \
  OSSICLE_FRONTEND_LINE("vmul.i32 " low ", " number_high ", " factor)                              \
  OSSICLE_FRONTEND_LINE("vmulh.u32 " high ", " number_high ", " factor)                            \
  OSSICLE_FRONTEND_LINE("vmulh.u32 " carried ", " number_low ", " factor)                          \
  OSSICLE_FRONTEND_ADD_WIDE_MVE(low, high, carried)

/* Adds one word to two. */
#define OSSICLE_FRONTEND_ADD_WIDE_MVE(low, high, word)                                             \
  OSSICLE_FRONTEND_LINE("vadd.i32 " low ", " low ", " word)                                        \
  OSSICLE_FRONTEND_LINE("vpt.u32 hi, " word ", " low)                                              \
  OSSICLE_FRONTEND_LINE("vaddt.i32 " high ", " high ", %[one]")

#define OSSICLE_FRONTEND_SUBTRACT_WIDE_MVE(low, high, less_low, less_high)                         \
  OSSICLE_FRONTEND_LINE("vpt.u32 hi, " less_low ", " low)                                          \
  OSSICLE_FRONTEND_LINE("vsubt.i32 " high ", " high ", %[one]")                                    \
  OSSICLE_FRONTEND_LINE("vsub.i32 " low ", " low ", " less_low)                                    \
  OSSICLE_FRONTEND_LINE("vsub.i32 " high ", " high ", " less_high)

#if OSSICLE_FRONTEND_RAMP_LOST > 0
#define OSSICLE_FRONTEND_LOSE_MVE                                                                  \
  "vshr.u32 q6, q6, %[lost]\n\t"                                                                   \
  "vsli.32 q6, q1, #32 - %c[lost]\n\t"                                                             \
  "vshr.u32 q1, q1, %[lost]\n\t"
#else
#define OSSICLE_FRONTEND_LOSE_MVE
#endif

/* What the next four intervals fall by to q2 and q3, the upper and the lower words, and what they
 * rise by to q1 and q6; q7 goes on to where their moments lie. What rises is 0 where what falls
 * is not below the total. That has no more than 63 bits, so then one of both is less than 0. */
#define OSSICLE_FRONTEND_NEXT_RAMPS_MVE                                                            \
  "vidup.u32 q6, %[ramp], #8\n\t"                                                                  \
  "vldrw.u32 q0, [q6]\n\t" /* slope */                                                             \
  "vldrw.u32 q1, [q7, #64]!\n\t"                                                                   \
  "vldrw.u32 q2, [q7, #4]\n\t"                                                                     \
  OSSICLE_FRONTEND_MUL_WIDE_MVE("q3", "q2", "q1", "q1", "q2", "q0")                                \
  "vldrw.u32 q0, [q6, #4]\n\t" /* start */                                                         \
  "vldrw.u32 q6, [q7, #-8]\n\t"                                                                    \
  "vldrw.u32 q1, [q7, #-4]\n\t"                                                                    \
  OSSICLE_FRONTEND_MUL_WIDE_MVE("q4", "q5", "q0", "q6", "q1", "q0")                                \
  OSSICLE_FRONTEND_SUBTRACT_WIDE_MVE("q3", "q2", "q4", "q5")                                       \
  OSSICLE_FRONTEND_LOSE_MVE                                                                        \
  OSSICLE_FRONTEND_SUBTRACT_WIDE_MVE("q6", "q1", "q3", "q2")                                       \
  "vorr q4, q1, q2\n\t"                                                                            \
  "vptt.s32 lt, q4, zr\n\t"                                                                        \
  "vmovt.i32 q6, #0\n\t"                                                                           \
  "vmovt.i32 q1, #0\n\t"

/* The octaves of four bands to q0, given their powers in q1 and q6; q1 becomes 0 where a power is.
 * Where the upper word is 0, the lower one takes its place. */
#define OSSICLE_FRONTEND_OCTAVES_MVE                                                               \
  "vldrw.u32 q0, [%[offset]], #16\n\t"                                                             \
  "vpttt.i32 eq, q1, zr\n\t"                                                                       \
  "vorrt q1, q6, q6\n\t"                                                                           \
  "vmovt.i32 q6, #0\n\t"                                                                           \
  "vsubt.i32 q0, q0, %[word]\n\t"                                                                  \
  "vclz.i32 q2, q1\n\t"                                                                            \
  "vshl.u32 q1, q1, q2\n\t"                                                                        \
  "vmov q3, q2\n\t"                                                                                \
  "vorr.i32 q3, #0xe0\n\t" /* a shift is a signed byte: this one is 32 less */                     \
  "vshl.u32 q6, q6, q3\n\t"                                                                        \
  "vorr q1, q1, q6\n\t" /* its first bit is a 1 */                                                 \
  "vshl.i32 q3, q1, #1\n\t"                                                                        \
  "vshr.u32 q3, q3, %[index]\n\t"                                                                  \
  "vldrw.u32 q4, [%[log2], q3, uxtw #2]\n\t"                                                       \
  "vadd.i32 q3, q3, %[one]\n\t"                                                                    \
  "vldrw.u32 q5, [%[log2], q3, uxtw #2]\n\t"                                                       \
  "vsub.i32 q5, q5, q4\n\t"                                                                        \
  "vshl.i32 q6, q1, %[fraction]\n\t"                                                               \
  "vmulh.u32 q5, q5, q6\n\t"                                                                       \
  "vadd.i32 q4, q4, q5\n\t"                                                                        \
  "vshl.i32 q2, q2, #24\n\t"                                                                       \
  "vsub.i32 q4, q4, q2\n\t"                                                                        \
  "vadd.i32 q0, q0, q4\n\t"                                                                        \
  "vadd.i32 q0, q0, %[scale]\n\t"

/* The octaves, or the nearest int8 of the steps above the floor, to their place. */
#if OSSICLE_FRONTEND_STAGED
#define OSSICLE_FRONTEND_STORE_LEVELS_MVE                                                          \
  "vpt.i32 eq, q1, zr\n\t"                                                                         \
  "vmovt.i32 q0, #0x80000000\n\t"                                                                  \
  "vstrw.32 q0, [%[levels]], #16\n\t"
#else
#if OSSICLE_FRONTEND_SCALED
#define OSSICLE_FRONTEND_STEPS_MVE "vldrw.u32 q2, [%[steps]], #16\n\t"
#else
#define OSSICLE_FRONTEND_STEPS_MVE "vdup.32 q2, %[steps]\n\t"
#endif
#define OSSICLE_FRONTEND_STORE_LEVELS_MVE                                                          \
  OSSICLE_FRONTEND_STEPS_MVE                                                                       \
  "vmulh.s32 q0, q0, q2\n\t"                                                                       \
  "vadd.i32 q0, q0, %[half]\n\t"                                                                   \
  "vshr.s32 q0, q0, #16\n\t"                                                                       \
  "vqmovnb.s16 q0, q0\n\t"                                                                         \
  "vpt.i32 eq, q1, zr\n\t"                                                                         \
  "vmvnt.i32 q0, #127\n\t"                                                                         \
  "vstrb.32 q0, [%[levels]], #4\n\t"
#endif

/* Writes the levels of all bands. `scale` is added to the offsets of their octaves. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_levels_mve(const ossicle_frontend_interval *intervals,
                                                         uint32_t scale,
                                                         ossicle_frontend_level *levels) {
  const uint32_t *ramp = ossicle_frontend_ramp;
  const int32_t *offset = ossicle_frontend_offset;
  const uint64_t rising = ossicle_frontend_next_ramps(&intervals, &ramp).rising;
  uint32_t low = (uint32_t)rising, high = (uint32_t)(rising >> 32);
#if !OSSICLE_FRONTEND_STAGED && OSSICLE_FRONTEND_SCALED
  const int32_t *steps = ossicle_frontend_steps;
#else
  int32_t steps = OSSICLE_FRONTEND_STEPS_PER_OCTAVE(0);
#endif
  register uint32x4_t moments __asm__("q7") =
      ossicle_frontend_addresses((const int32_t *)(const void *)&intervals->moment, -16, 4);
  __asm__ volatile(
      "dlstp.32 lr, %[bands]\n"
      "1:\n\t" OSSICLE_FRONTEND_NEXT_RAMPS_MVE
      "vshlc q6, %[low], #32\n\t"
      "vshlc q1, %[high], #32\n\t"
      "vadd.i32 q1, q1, q2\n\t" OSSICLE_FRONTEND_ADD_WIDE_MVE("q6", "q1", "q3")
          OSSICLE_FRONTEND_OCTAVES_MVE OSSICLE_FRONTEND_STORE_LEVELS_MVE "letp lr, 1b"
      : [ramp] "+Te"(ramp), [offset] "+r"(offset), [levels] "+l"(levels), [low] "+r"(low),
        [high] "+r"(high), [steps] "+r"(steps), "+w"(moments)
      : [bands] "r"(OSSICLE_FRONTEND_MEL_BANDS), [log2] "r"(ossicle_frontend_log2), [one] "r"(1),
        [word] "r"(32u << 24), [scale] "r"(scale), [half] "r"((1 << 15) + INT8_MIN * (1 << 16)),
        [lost] "i"(OSSICLE_FRONTEND_RAMP_LOST), [index] "i"(32 - OSSICLE_FRONTEND_LOG_BITS),
        [fraction] "i"(1 + OSSICLE_FRONTEND_LOG_BITS)
      : "q0", "q1", "q2", "q3", "q4", "q5", "q6", "lr", "cc", "memory");
}

#endif
