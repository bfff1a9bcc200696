/* The first stages of ossicle_frontend_open.h on four blocks at once, one a lane, for Helium.
 *
 * The points of a block lie in quads (ossicle_frontend_join_mve.h); q7 holds where the four blocks
 * begin, and every load and store reaches into all of them. The same integers: shifts and additions
 * are those of the portable form, products as in the butterfly. Its products with the cosine of a
 * quarter of a turn, 0, are left out.
 */
#ifndef OSSICLE_FRONTEND_OPEN_MVE_H
#define OSSICLE_FRONTEND_OPEN_MVE_H

#include "ossicle_frontend_join_mve.h"

/* Where in its block the real part of a point lies, and the imaginary one. */
#define OSSICLE_FRONTEND_RE_0 "#0"
#define OSSICLE_FRONTEND_RE_1 "#4"
#define OSSICLE_FRONTEND_RE_2 "#8"
#define OSSICLE_FRONTEND_RE_3 "#12"
#define OSSICLE_FRONTEND_RE_4 "#32"
#define OSSICLE_FRONTEND_RE_5 "#36"
#define OSSICLE_FRONTEND_RE_6 "#40"
#define OSSICLE_FRONTEND_RE_7 "#44"
#define OSSICLE_FRONTEND_IM_0 "#16"
#define OSSICLE_FRONTEND_IM_1 "#20"
#define OSSICLE_FRONTEND_IM_2 "#24"
#define OSSICLE_FRONTEND_IM_3 "#28"
#define OSSICLE_FRONTEND_IM_4 "#48"
#define OSSICLE_FRONTEND_IM_5 "#52"
#define OSSICLE_FRONTEND_IM_6 "#56"
#define OSSICLE_FRONTEND_IM_7 "#60"

#define OSSICLE_FRONTEND_GATHER(to, from) "vldrw.u32 " to ", [q7, " from "]\n\t"
#define OSSICLE_FRONTEND_SCATTER(from, to) "vstrw.32 " from ", [q7, " to "]\n\t"

/* `sum` and `difference` of x and y; the difference may take the place of either. */
#define OSSICLE_FRONTEND_BOTH(sum, difference, x, y)                                               \
  "vadd.i32 " sum ", " x ", " y "\n\tvsub.i32 " difference ", " x ", " y "\n\t"

#if OSSICLE_FRONTEND_HAS_RADIX2

/* The butterfly of radix 2 at two neighbouring points: half the sum to `half`, since nothing wants
 * it whole; the difference stays at the second. VHADD has room for the sum. */
#define OSSICLE_FRONTEND_JOIN_TWO_MVE(half, first, second)                                         \
  OSSICLE_FRONTEND_GATHER("q0", first)                                                             \
  OSSICLE_FRONTEND_GATHER("q1", second)                                                            \
  "vhadd.s32 " half ", q0, q1\n\tvsub.i32 q0, q0, q1\n\t" OSSICLE_FRONTEND_SCATTER("q0", second)

/* The same where no register is left but those of the two points: the first one is loaded again. */
#define OSSICLE_FRONTEND_JOIN_LAST_TWO_MVE(first, second)                                          \
  OSSICLE_FRONTEND_GATHER("q0", first)                                                             \
  OSSICLE_FRONTEND_GATHER("q1", second)                                                            \
  "vsub.i32 q0, q0, q1\n\t" OSSICLE_FRONTEND_SCATTER("q0", second)                                 \
      OSSICLE_FRONTEND_GATHER("q0", first) "vhadd.s32 q1, q0, q1\n\t"

/* The four butterflies of radix 2, and that of radix 4 at points 0, 2, 4 and 6. */
#define OSSICLE_FRONTEND_OPEN_FIRST                                                                \
  OSSICLE_FRONTEND_JOIN_TWO_MVE("q2", OSSICLE_FRONTEND_RE_0, OSSICLE_FRONTEND_RE_1)                \
  OSSICLE_FRONTEND_JOIN_TWO_MVE("q3", OSSICLE_FRONTEND_RE_4, OSSICLE_FRONTEND_RE_5)                \
  OSSICLE_FRONTEND_BOTH("q4", "q2", "q2", "q3") /* even, left */                                   \
  OSSICLE_FRONTEND_JOIN_TWO_MVE("q3", OSSICLE_FRONTEND_RE_2, OSSICLE_FRONTEND_RE_3)                \
  OSSICLE_FRONTEND_JOIN_TWO_MVE("q5", OSSICLE_FRONTEND_RE_6, OSSICLE_FRONTEND_RE_7)                \
  OSSICLE_FRONTEND_BOTH("q0", "q3", "q3", "q5") /* odd, right */                                   \
  OSSICLE_FRONTEND_BOTH("q1", "q4", "q4", "q0")                                                    \
  OSSICLE_FRONTEND_SCATTER("q1", OSSICLE_FRONTEND_RE_0)                                            \
  OSSICLE_FRONTEND_SCATTER("q4", OSSICLE_FRONTEND_RE_4)                                            \
  OSSICLE_FRONTEND_JOIN_TWO_MVE("q4", OSSICLE_FRONTEND_IM_0, OSSICLE_FRONTEND_IM_1)                \
  OSSICLE_FRONTEND_JOIN_TWO_MVE("q5", OSSICLE_FRONTEND_IM_4, OSSICLE_FRONTEND_IM_5)                \
  OSSICLE_FRONTEND_BOTH("q6", "q4", "q4", "q5") /* even, left */                                   \
  OSSICLE_FRONTEND_JOIN_TWO_MVE("q5", OSSICLE_FRONTEND_IM_2, OSSICLE_FRONTEND_IM_3)                \
  OSSICLE_FRONTEND_JOIN_LAST_TWO_MVE(OSSICLE_FRONTEND_IM_6, OSSICLE_FRONTEND_IM_7)                 \
  OSSICLE_FRONTEND_BOTH("q0", "q5", "q5", "q1") /* odd, right */                                   \
  OSSICLE_FRONTEND_BOTH("q1", "q6", "q6", "q0")                                                    \
  OSSICLE_FRONTEND_SCATTER("q1", OSSICLE_FRONTEND_IM_0)                                            \
  OSSICLE_FRONTEND_SCATTER("q6", OSSICLE_FRONTEND_IM_4)                                            \
  OSSICLE_FRONTEND_BOTH("q1", "q2", "q2", "q5")                                                    \
  OSSICLE_FRONTEND_SCATTER("q1", OSSICLE_FRONTEND_RE_2)                                            \
  OSSICLE_FRONTEND_SCATTER("q2", OSSICLE_FRONTEND_RE_6)                                            \
  OSSICLE_FRONTEND_BOTH("q1", "q4", "q4", "q3")                                                    \
  OSSICLE_FRONTEND_SCATTER("q1", OSSICLE_FRONTEND_IM_6)                                            \
  OSSICLE_FRONTEND_SCATTER("q4", OSSICLE_FRONTEND_IM_2)

/* The real or the imaginary parts of points 1, 3, 5 and 7, given `turned`, `odd` and `right`: those
 * but of point 5, which remains in q4. */
#define OSSICLE_FRONTEND_SPREAD_EIGHTHS(turned, odd, right, p1, p3, p7)                            \
  OSSICLE_FRONTEND_GATHER("q3", p1)                                                                \
  "vshr.s32 q4, q3, #1\n\t"                                                                        \
  "vadd.i32 q4, q4, " turned                                                                       \
  "\n\tvsub.i32 q3, q3, q4\n\t" OSSICLE_FRONTEND_BOTH(turned, "q4", "q4", odd)                     \
      OSSICLE_FRONTEND_SCATTER(turned, p1) OSSICLE_FRONTEND_BOTH(turned, "q3", "q3", right)        \
          OSSICLE_FRONTEND_SCATTER(turned, p3) OSSICLE_FRONTEND_SCATTER("q3", p7)

/* That of radix 4 at points 1, 3, 5 and 7, whose factors have a cosine and sine of `eighth` and
 * twice the angle the sine `quarter`. Cosine and sine of an eighth are the same number, so that two
 * products serve twice. */
#define OSSICLE_FRONTEND_OPEN_SECOND                                                               \
  OSSICLE_FRONTEND_GATHER("q0", OSSICLE_FRONTEND_RE_3)                                             \
  OSSICLE_FRONTEND_GATHER("q1", OSSICLE_FRONTEND_RE_7)                                             \
  "vadd.i32 q2, q0, q1\n\t" /* sum, real */                                                        \
  "vsub.i32 q1, q1, q0\n\t" /* minus the difference, real */                                       \
  OSSICLE_FRONTEND_GATHER("q0", OSSICLE_FRONTEND_IM_3)                                             \
  OSSICLE_FRONTEND_GATHER("q3", OSSICLE_FRONTEND_IM_7)                                             \
  OSSICLE_FRONTEND_BOTH("q4", "q0", "q0", "q3") /* sum, difference, imaginary */                   \
  "vdup.32 q3, %[eighth]\n\t"                                                                      \
  "vrmulh.s32 q5, q2, q3\n\t"                                                                      \
  "vrmulh.s32 q0, q0, q3\n\t"                                                                      \
  "vrmulh.s32 q6, q4, q3\n\t"                                                                      \
  "vrmulh.s32 q1, q1, q3\n\t"                                                                      \
  "vneg.s32 q3, q3\n\t"                                                                            \
  "vrmulh.s32 q2, q2, q3\n\t"                                                                      \
  "vrmulh.s32 q4, q4, q3\n\t"                                                                      \
  "vadd.i32 q5, q5, q0\n\t" /* odd, real */                                                        \
  "vadd.i32 q0, q0, q2\n\t" /* -i right, real */                                                   \
  "vadd.i32 q6, q6, q1\n\t" /* odd, imaginary */                                                   \
  "vadd.i32 q1, q1, q4\n\t" /* -i right, imaginary */                                              \
  OSSICLE_FRONTEND_GATHER("q2", OSSICLE_FRONTEND_IM_5)                                             \
  "vdup.32 q3, %[quarter]\n\t"                                                                     \
  "vrmulh.s32 q2, q2, q3\n\t" OSSICLE_FRONTEND_SPREAD_EIGHTHS(                                     \
      "q2", "q5", "q0", OSSICLE_FRONTEND_RE_1, OSSICLE_FRONTEND_RE_3, OSSICLE_FRONTEND_RE_7)       \
      OSSICLE_FRONTEND_GATHER("q2", OSSICLE_FRONTEND_RE_5)                                         \
          OSSICLE_FRONTEND_SCATTER("q4", OSSICLE_FRONTEND_RE_5)                                    \
  "vdup.32 q3, %[minus]\n\t"                                                                       \
  "vrmulh.s32 q2, q2, q3\n\t" OSSICLE_FRONTEND_SPREAD_EIGHTHS(                                     \
      "q2", "q6", "q1", OSSICLE_FRONTEND_IM_1, OSSICLE_FRONTEND_IM_3, OSSICLE_FRONTEND_IM_7)       \
      OSSICLE_FRONTEND_SCATTER("q4", OSSICLE_FRONTEND_IM_5)

#define OSSICLE_FRONTEND_OPEN OSSICLE_FRONTEND_OPEN_FIRST OSSICLE_FRONTEND_OPEN_SECOND

#else

/* The butterfly of radix 4, which does not halve. */
#define OSSICLE_FRONTEND_OPEN                                                                      \
  OSSICLE_FRONTEND_GATHER("q0", OSSICLE_FRONTEND_RE_0)                                             \
  OSSICLE_FRONTEND_GATHER("q1", OSSICLE_FRONTEND_RE_2)                                             \
  OSSICLE_FRONTEND_BOTH("q2", "q0", "q0", "q1") /* even, left */                                   \
  OSSICLE_FRONTEND_GATHER("q1", OSSICLE_FRONTEND_RE_1)                                             \
  OSSICLE_FRONTEND_GATHER("q3", OSSICLE_FRONTEND_RE_3)                                             \
  OSSICLE_FRONTEND_BOTH("q4", "q1", "q1", "q3") /* odd, right */                                   \
  OSSICLE_FRONTEND_BOTH("q3", "q2", "q2", "q4")                                                    \
  OSSICLE_FRONTEND_SCATTER("q3", OSSICLE_FRONTEND_RE_0)                                            \
  OSSICLE_FRONTEND_SCATTER("q2", OSSICLE_FRONTEND_RE_2)                                            \
  OSSICLE_FRONTEND_GATHER("q2", OSSICLE_FRONTEND_IM_0)                                             \
  OSSICLE_FRONTEND_GATHER("q3", OSSICLE_FRONTEND_IM_2)                                             \
  OSSICLE_FRONTEND_BOTH("q4", "q2", "q2", "q3") /* even, left */                                   \
  OSSICLE_FRONTEND_GATHER("q3", OSSICLE_FRONTEND_IM_1)                                             \
  OSSICLE_FRONTEND_GATHER("q5", OSSICLE_FRONTEND_IM_3)                                             \
  OSSICLE_FRONTEND_BOTH("q6", "q3", "q3", "q5") /* odd, right */                                   \
  OSSICLE_FRONTEND_BOTH("q5", "q4", "q4", "q6")                                                    \
  OSSICLE_FRONTEND_SCATTER("q5", OSSICLE_FRONTEND_IM_0)                                            \
  OSSICLE_FRONTEND_SCATTER("q4", OSSICLE_FRONTEND_IM_2)                                            \
  OSSICLE_FRONTEND_BOTH("q4", "q0", "q0", "q3")                                                    \
  OSSICLE_FRONTEND_SCATTER("q4", OSSICLE_FRONTEND_RE_1)                                            \
  OSSICLE_FRONTEND_SCATTER("q0", OSSICLE_FRONTEND_RE_3)                                            \
  OSSICLE_FRONTEND_BOTH("q5", "q2", "q2", "q1")                                                    \
  OSSICLE_FRONTEND_SCATTER("q5", OSSICLE_FRONTEND_IM_3)                                            \
  OSSICLE_FRONTEND_SCATTER("q2", OSSICLE_FRONTEND_IM_1)

#endif

/* The first stage, or the first two, of all points. `eighth` and `quarter` are the sines of an
 * eighth and of a quarter of a turn, Q31. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_open_fours(ossicle_frontend_complex *points,
                                                         int32_t eighth, int32_t quarter) {
  register uint32x4_t blocks __asm__("q7") =
      ossicle_frontend_addresses(&points->re, 0, 2 * OSSICLE_FRONTEND_BLOCK);
  __asm__ volatile(
      "dls lr, %[count]\n"
      "1:\n\t" OSSICLE_FRONTEND_OPEN
      "vadd.i32 q7, q7, %[next]\n\t"
      "le lr, 1b"
      : "+w"(blocks)
      : [count] "r"(OSSICLE_FRONTEND_FFT_LENGTH / 16 / OSSICLE_FRONTEND_BLOCK),
        [next] "r"(OSSICLE_FRONTEND_QUADS(4 * OSSICLE_FRONTEND_BLOCK)), [eighth] "r"(eighth),
        [quarter] "r"(quarter), [minus] "r"(-quarter)
      : "q0", "q1", "q2", "q3", "q4", "q5", "q6", "lr", "memory");
}

#endif
