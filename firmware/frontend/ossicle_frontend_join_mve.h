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

/* Bytes from a point to that `n` further on, a multiple of 4, and of the factors of four points. */
#define OSSICLE_FRONTEND_QUADS(n) (8 * (n))
#define OSSICLE_FRONTEND_FACTORS 64

/* Where the next four butterflies find their points and factors. */
typedef struct {
  char *a, *b, *c, *d;
  const char *factors; /* cosines and sines of twice the angle, and of once */
} ossicle_frontend_four;

/* q2 and q1 become the real and the imaginary part of `odd`; q3 and q5 the imaginary and the real
 * one of -i `right`; q0 and q7 those of conj(V) C. `next` moves the factors on. */
#define OSSICLE_FRONTEND_TURN_MVE(next)                                                            \
  "vldrw.u32 q1, [%[b]]\n\t"                                                                       \
  "vldrw.u32 q0, [%[d]]\n\t"                                                                       \
  "vadd.i32 q6, q1, q0\n\t" /* sum, real */                                                        \
  "vsub.i32 q0, q0, q1\n\t" /* minus the difference, real */                                       \
  "vldrw.u32 q1, [%[b], #16]\n\t"                                                                  \
  "vldrw.u32 q3, [%[d], #16]\n\t"                                                                  \
  "vadd.i32 q7, q1, q3\n\t" /* sum, imaginary */                                                   \
  "vsub.i32 q1, q1, q3\n\t" /* difference, imaginary */                                            \
  "vldrw.u32 q3, [%[f], #32]\n\t"                                                                  \
  "vrmulh.s32 q2, q6, q3\n\t"                                                                      \
  "vrmulh.s32 q5, q1, q3\n\t"                                                                      \
  "vldrw.u32 q4, [%[f], #48]\n\t"                                                                  \
  "vrmulh.s32 q1, q1, q4\n\t"                                                                      \
  "vadd.i32 q2, q2, q1\n\t"                                                                        \
  "vrmulh.s32 q1, q7, q3\n\t"                                                                      \
  "vrmulh.s32 q3, q0, q3\n\t"                                                                      \
  "vrmulh.s32 q0, q0, q4\n\t"                                                                      \
  "vadd.i32 q1, q1, q0\n\t"                                                                        \
  "vneg.s32 q4, q4\n\t"                                                                            \
  "vrmulh.s32 q6, q6, q4\n\t"                                                                      \
  "vadd.i32 q5, q5, q6\n\t"                                                                        \
  "vrmulh.s32 q7, q7, q4\n\t"                                                                      \
  "vadd.i32 q3, q3, q7\n\t"                                                                        \
  "vldrw.u32 q0, [%[c], #16]\n\t"                                                                  \
  "vldrw.u32 q6, [%[f]]\n\t"                                                                       \
  "vrmulh.s32 q7, q0, q6\n\t"                                                                      \
  "vldrw.u32 q4, [%[f], #16]\n\t"                                                                  \
  "vrmulh.s32 q0, q0, q4\n\t"                                                                      \
  "vneg.s32 q4, q4\n\t"                                                                            \
  "vldrw.u32 q6, [%[c]]\n\t"                                                                       \
  "vrmulh.s32 q4, q6, q4\n\t"                                                                      \
  "vadd.i32 q7, q7, q4\n\t"                                                                        \
  "vldrw.u32 q4, [%[f]], " next                                                                    \
  "\n\t"                                                                                           \
  "vrmulh.s32 q6, q6, q4\n\t"                                                                      \
  "vadd.i32 q0, q0, q6\n\t"

/* The imaginary (16) or real (0) parts, at `part` and given the products, to their places. */
#define OSSICLE_FRONTEND_SPREAD_MVE(part, turned, odd, right)                                      \
  "vldrw.u32 q6, [%[a]" part                                                                       \
  "]\n\t"                                                                                          \
  "vshr.s32 q4, q6, #1\n\t"                                                                        \
  "vadd.i32 q4, q4, " turned                                                                       \
  "\n\t"                    /* even */                                                             \
  "vsub.i32 q6, q6, q4\n\t" /* left */                                                             \
  "vadd.i32 " turned ", q4, " odd                                                                  \
  "\n\t"                                                                                           \
  "vsub.i32 q4, q4, " odd                                                                          \
  "\n\t"                                                                                           \
  "vadd.i32 " odd ", q6, " right                                                                   \
  "\n\t"                                                                                           \
  "vsub.i32 q6, q6, " right "\n\t"

/* Joins `count` times four points in place and goes on by `step` bytes, the factors by `next`. Both
 * are constants. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_join_fours(ossicle_frontend_four *at, int count,
                                                         int step, int next) {
  __asm__ volatile(
      "dls lr, %[count]\n"
      "1:\n\t" OSSICLE_FRONTEND_TURN_MVE("%[next]")
          OSSICLE_FRONTEND_SPREAD_MVE(", #16", "q7", "q1", "q3")
      "vstrw.32 q7, [%[a], #16]\n\t"
      "vstrw.32 q4, [%[c], #16]\n\t"
      "vstrw.32 q1, [%[b], #16]\n\t"
      "vstrw.32 q6, [%[d], #16]\n\t"
          OSSICLE_FRONTEND_SPREAD_MVE("", "q0", "q2", "q5")
      "vstrw.32 q0, [%[a]], %[step]\n\t"
      "vstrw.32 q4, [%[c]], %[step]\n\t"
      "vstrw.32 q2, [%[b]], %[step]\n\t"
      "vstrw.32 q6, [%[d]], %[step]\n\t"
      "le lr, 1b"
      : [a] "+r"(at->a), [b] "+r"(at->b), [c] "+r"(at->c), [d] "+r"(at->d), [f] "+r"(at->factors)
      : [count] "r"(count), [step] "i"(step), [next] "i"(next)
      : OSSICLE_FRONTEND_VECTORS, "lr", "memory");
}

/* The last stage, which leaves points as ossicle_frontend_complex. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_join_last(ossicle_frontend_four *at, int count) {
  __asm__ volatile(
      "dls lr, %[count]\n"
      "1:\n\t" OSSICLE_FRONTEND_TURN_MVE("%[next]")
      "vldrw.u32 q6, [%[a]]\n\t"
      "vshr.s32 q4, q6, #1\n\t"
      "vadd.i32 q4, q4, q0\n\t" /* even, real */
      "vsub.i32 q6, q6, q4\n\t" /* left, real */
      "vadd.i32 q0, q4, q2\n\t"
      "vsub.i32 q4, q4, q2\n\t"
      "vadd.i32 q2, q6, q5\n\t"
      "vsub.i32 q6, q6, q5\n\t"
      "vldrw.u32 q5, [%[a], #16]\n\t"
      "vshr.s32 q5, q5, #1\n\t"
      "vadd.i32 q5, q5, q7\n\t" /* even, imaginary */
      "vldrw.u32 q7, [%[a], #16]\n\t"
      "vsub.i32 q7, q7, q5\n\t" /* left, imaginary */
      "vadd.i32 q1, q1, q5\n\t"
      "vst20.32 {q0, q1}, [%[a]]\n\t"
      "vst21.32 {q0, q1}, [%[a]]!\n\t"
      "vadd.i32 q5, q5, q5\n\t"
      "vsub.i32 q5, q5, q1\n\t"
      "vst20.32 {q4, q5}, [%[c]]\n\t"
      "vst21.32 {q4, q5}, [%[c]]!\n\t"
      "vsub.i32 q0, q7, q3\n\t"
      "vadd.i32 q3, q7, q3\n\t"
      "vst20.32 {q2, q3}, [%[b]]\n\t"
      "vst21.32 {q2, q3}, [%[b]]!\n\t"
      "vmov q7, q0\n\t"
      "vst20.32 {q6, q7}, [%[d]]\n\t"
      "vst21.32 {q6, q7}, [%[d]]!\n\t"
      "le lr, 1b"
      : [a] "+r"(at->a), [b] "+r"(at->b), [c] "+r"(at->c), [d] "+r"(at->d), [f] "+r"(at->factors)
      : [count] "r"(count), [next] "i"(OSSICLE_FRONTEND_FACTORS)
      : OSSICLE_FRONTEND_VECTORS, "lr", "memory");
}

#endif
