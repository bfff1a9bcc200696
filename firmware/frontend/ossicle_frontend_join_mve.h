/* The butterfly of ossicle_frontend_butterfly.h on four neighbouring points at once, for Helium.
 *
 * The very same integers: VRMULH is round(a * b / 2^32), halves up, in each lane, and additions are
 * modulo 2^32 as they are there. A difference's product is that with the negated factor, as
 * everywhere, since halves up is not symmetric: d - b in place of b - d saves one of the negations.
 *
 * Points lie in quads: 16 bytes of real parts of four, then 16 bytes of imaginary ones. Every
 * vector register is in use, which compilers do not manage: they spill.
 */
#ifndef OSSICLE_FRONTEND_JOIN_MVE_H
#define OSSICLE_FRONTEND_JOIN_MVE_H

#include "ossicle_frontend_mve.h"

/* Bytes from a point to that `n` further on, a multiple of 4. */
#define OSSICLE_FRONTEND_QUADS(n) (8 * (n))

/* Points of a block that the opening stages transform. */
#define OSSICLE_FRONTEND_BLOCK (OSSICLE_FRONTEND_HAS_RADIX2 ? 8 : 4)

/* Where the next four butterflies find their points and factors. */
typedef struct {
  char *a, *b, *c, *d;
  const char *factors; /* cosines and sines of twice the angle, and of once */
} ossicle_frontend_four;

/* From the points of B and D, q4 and q1 become the real and the imaginary part of `odd`, q6 and q2
 * those of -i `right`; from that of C, q0 and q3 those of conj(V) C. The factors lie `at` bytes
 * from where they are said to lie: cosines of twice the angle, which comes twice, and of once. */
#define OSSICLE_FRONTEND_TURN_MVE(twice, twice_sine, once, once_sine, twice_again)                 \
  "vldmia %[b], {d0-d3}\n\t"                                                                       \
  "vldmia %[d], {d12-d15}\n\t"                                                                     \
  "vadd.i32 q3, q0, q6\n\t" /* sum, real */                                                        \
  "vsub.i32 q0, q6, q0\n\t" /* minus the difference, real */                                       \
  "vadd.i32 q5, q1, q7\n\t" /* sum, imaginary */                                                   \
  "vsub.i32 q1, q1, q7\n\t" /* difference, imaginary */                                            \
  "vldrw.u32 q2, [%[f], " once                                                                     \
  "]\n\t"                                                                                          \
  "vrmulh.s32 q4, q3, q2\n\t"                                                                      \
  "vrmulh.s32 q6, q1, q2\n\t"                                                                      \
  "vldrw.u32 q7, [%[f], " once_sine                                                                \
  "]\n\t"                                                                                          \
  "vrmulh.s32 q1, q1, q7\n\t"                                                                      \
  "vadd.i32 q4, q4, q1\n\t"                                                                        \
  "vrmulh.s32 q1, q5, q2\n\t"                                                                      \
  "vrmulh.s32 q2, q0, q2\n\t"                                                                      \
  "vrmulh.s32 q0, q0, q7\n\t"                                                                      \
  "vadd.i32 q1, q1, q0\n\t"                                                                        \
  "vneg.s32 q7, q7\n\t"                                                                            \
  "vrmulh.s32 q3, q3, q7\n\t"                                                                      \
  "vadd.i32 q6, q6, q3\n\t"                                                                        \
  "vrmulh.s32 q5, q5, q7\n\t"                                                                      \
  "vadd.i32 q2, q2, q5\n\t"                                                                        \
  "vldrw.u32 q0, [%[c], #16]\n\t"                                                                  \
  "vldrw.u32 q5, [%[f], " twice                                                                    \
  "]\n\t"                                                                                          \
  "vrmulh.s32 q3, q0, q5\n\t"                                                                      \
  "vldrw.u32 q7, [%[f], " twice_sine                                                               \
  "]\n\t"                                                                                          \
  "vrmulh.s32 q0, q0, q7\n\t"                                                                      \
  "vneg.s32 q7, q7\n\t"                                                                            \
  "vldrw.u32 q5, [%[c]]\n\t"                                                                       \
  "vrmulh.s32 q7, q5, q7\n\t"                                                                      \
  "vadd.i32 q3, q3, q7\n\t"                                                                        \
  "vldrw.u32 q7, [%[f]" twice_again                                                                \
  "\n\t"                                                                                           \
  "vrmulh.s32 q5, q5, q7\n\t"                                                                      \
  "vadd.i32 q0, q0, q5\n\t"

/* Factors here, and then those of the next four; or those that lie behind, for good. */
#define OSSICLE_FRONTEND_TURN_AND_GO_ON                                                            \
  OSSICLE_FRONTEND_TURN_MVE("#0", "#16", "#32", "#48", "], #64")
#define OSSICLE_FRONTEND_TURN_FIRST OSSICLE_FRONTEND_TURN_MVE("#0", "#16", "#32", "#48", ", #0]")
#define OSSICLE_FRONTEND_TURN_SECOND                                                               \
  OSSICLE_FRONTEND_TURN_MVE("#64", "#80", "#96", "#112", ", #64]")

/* Two vectors, which are known by two names, to quads or as ossicle_frontend_complex. */
#define OSSICLE_FRONTEND_STORE_QUADS(place, vectors, doublewords)                                  \
  "vstmia " place "!, {" doublewords "}\n\t"
#define OSSICLE_FRONTEND_STORE_POINTS(place, vectors, doublewords)                                 \
  "vst20.32 {" vectors "}, [" place "]\n\tvst21.32 {" vectors "}, [" place "]!\n\t"

/* From the products and the point of A to the four points, which go to their places, and the
 * pointers on to the next. No register is left for A's real part, which is loaded twice. */
#define OSSICLE_FRONTEND_SPREAD_MVE(store)                                                         \
  "vldrw.u32 q7, [%[a], #16]\n\t"                                                                  \
  "vshr.s32 q5, q7, #1\n\t"                                                                        \
  "vadd.i32 q5, q5, q3\n\t" /* even, imaginary */                                                  \
  "vsub.i32 q7, q7, q5\n\t" /* left, imaginary */                                                  \
  "vadd.i32 q3, q5, q1\n\t"                                                                        \
  "vsub.i32 q5, q5, q1\n\t"                                                                        \
  "vsub.i32 q1, q7, q2\n\t"                                                                        \
  "vadd.i32 q7, q7, q2\n\t"                                                                        \
  "vldrw.u32 q2, [%[a]]\n\t"                                                                       \
  "vshr.s32 q2, q2, #1\n\t"                                                                        \
  "vadd.i32 q0, q0, q2\n\t" /* even, real */                                                       \
  "vadd.i32 q2, q0, q4\n\t"                                                                        \
  "vsub.i32 q4, q0, q4\n\t"                                                                        \
  store("%[c]", "q4, q5", "d8-d11")                                                                \
  "vldrw.u32 q4, [%[a]]\n\t"                                                                       \
  "vsub.i32 q4, q4, q0\n\t" /* left, real */                                                       \
  "vsub.i32 q0, q4, q6\n\t"                                                                        \
  "vadd.i32 q6, q4, q6\n\t"                                                                        \
  store("%[a]", "q2, q3", "d4-d7")                                                                 \
  store("%[b]", "q6, q7", "d12-d15")                                                               \
  store("%[d]", "q0, q1", "d0-d3")

/* Joins `count` times four points in place, one behind the other. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_join_fours(ossicle_frontend_four *at, int count) {
  __asm__ volatile(
      "dls lr, %[count]\n"
      "1:\n\t" OSSICLE_FRONTEND_TURN_AND_GO_ON OSSICLE_FRONTEND_SPREAD_MVE(
          OSSICLE_FRONTEND_STORE_QUADS) "le lr, 1b"
      : [a] "+r"(at->a), [b] "+r"(at->b), [c] "+r"(at->c), [d] "+r"(at->d), [f] "+r"(at->factors)
      : [count] "r"(count)
      : OSSICLE_FRONTEND_VECTORS, "lr", "memory");
}

/* Four butterflies, or eight, of every of `count` blocks. */
#if OSSICLE_FRONTEND_HAS_RADIX2
#define OSSICLE_FRONTEND_JOIN_BLOCK                                                                \
  OSSICLE_FRONTEND_TURN_FIRST OSSICLE_FRONTEND_SPREAD_MVE(OSSICLE_FRONTEND_STORE_QUADS)            \
  OSSICLE_FRONTEND_TURN_SECOND OSSICLE_FRONTEND_SPREAD_MVE(OSSICLE_FRONTEND_STORE_QUADS)
#else
#define OSSICLE_FRONTEND_JOIN_BLOCK                                                                \
  OSSICLE_FRONTEND_TURN_FIRST OSSICLE_FRONTEND_SPREAD_MVE(OSSICLE_FRONTEND_STORE_QUADS)
#endif

/* Joins the opening blocks, `count` times four of them, which lie one behind the other. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_join_blocks(ossicle_frontend_four *at, int count) {
  __asm__ volatile(
      "dls lr, %[count]\n"
      "1:\n\t" OSSICLE_FRONTEND_JOIN_BLOCK
      "add %[a], %[a], %[rest]\n\t"
      "add %[b], %[b], %[rest]\n\t"
      "add %[c], %[c], %[rest]\n\t"
      "add %[d], %[d], %[rest]\n\t"
      "le lr, 1b"
      : [a] "+r"(at->a), [b] "+r"(at->b), [c] "+r"(at->c), [d] "+r"(at->d)
      : [f] "r"(at->factors), [count] "r"(count),
        [rest] "i"(OSSICLE_FRONTEND_QUADS(3 * OSSICLE_FRONTEND_BLOCK))
      : OSSICLE_FRONTEND_VECTORS, "lr", "memory");
}

/* The last stage, which leaves points as ossicle_frontend_complex. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_join_last(ossicle_frontend_four *at, int count) {
  __asm__ volatile(
      "dls lr, %[count]\n"
      "1:\n\t" OSSICLE_FRONTEND_TURN_AND_GO_ON OSSICLE_FRONTEND_SPREAD_MVE(
          OSSICLE_FRONTEND_STORE_POINTS) "le lr, 1b"
      : [a] "+r"(at->a), [b] "+r"(at->b), [c] "+r"(at->c), [d] "+r"(at->d), [f] "+r"(at->factors)
      : [count] "r"(count)
      : OSSICLE_FRONTEND_VECTORS, "lr", "memory");
}

#endif
