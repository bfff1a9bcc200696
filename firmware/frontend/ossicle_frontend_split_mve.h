/* The bins of ossicle_frontend_split.h, four pairs at once, for Helium.
 *
 * The same integers: VHADD and VHSUB are the halves, rounded down, of sums and differences, and
 * VRMULH is the product. y - x in place of x - y saves a negation.
 */
#ifndef OSSICLE_FRONTEND_SPLIT_MVE_H
#define OSSICLE_FRONTEND_SPLIT_MVE_H

#include "ossicle_frontend_mve.h"

/* Replaces `count` times four points from `low` on and their counterparts. `high` are the addresses
 * of the first of these, and `factors` those of their factors, every second of the table. Where the
 * halves of the imaginary parts wait, the points have been read and not yet been written. */
static OSSICLE_FRONTEND_ONE_COPY void ossicle_frontend_split_fours(int32_t *low, uint32x4_t high,
                                                                   uint32x4_t factors, int count) {
  register uint32x4_t above __asm__("q4") = vaddq_n_u32(high, 32);
  register uint32x4_t before __asm__("q5") = vsubq_n_u32(factors, 48);
  __asm__ volatile(
      "dls lr, %[count]\n"
      "1:\n\t"
      "vld20.32 {q0, q1}, [%[low]]\n\t"
      "vld21.32 {q0, q1}, [%[low]]\n\t"
      "vldrw.u32 q2, [q4, #-32]\n\t"
      "vldrw.u32 q3, [q4, #-28]\n\t"
      "vsub.i32 q6, q2, q0\n\t" /* minus the difference, real */
      "vadd.i32 q7, q1, q3\n\t" /* sum, imaginary */
      "vhsub.s32 q1, q1, q3\n\t"
      "vhadd.s32 q0, q0, q2\n\t"
      "vstrw.32 q1, [%[low]]\n\t"
      "vldrw.u32 q1, [q5, #48]\n\t" /* cosine */
      "vrmulh.s32 q2, q7, q1\n\t"
      "vrmulh.s32 q3, q6, q1\n\t"
      "vldrw.u32 q1, [q5, #64]!\n\t" /* sine */
      "vrmulh.s32 q6, q6, q1\n\t"
      "vneg.s32 q1, q1\n\t"
      "vrmulh.s32 q7, q7, q1\n\t"
      "vldrw.u32 q1, [%[low]]\n\t"
      "vadd.i32 q2, q2, q6\n\t"
      "vadd.i32 q3, q3, q7\n\t"
      "vsub.i32 q6, q0, q2\n\t"
      "vsub.i32 q7, q1, q3\n\t"
      "vadd.i32 q0, q0, q2\n\t"
      "vadd.i32 q1, q1, q3\n\t"
      "vst20.32 {q0, q1}, [%[low]]\n\t"
      "vst21.32 {q0, q1}, [%[low]]!\n\t"
      "vstrw.32 q7, [q4, #-28]\n\t"
      "vstrw.32 q6, [q4, #-32]!\n\t"
      "le lr, 1b"
      : [low] "+r"(low), "+w"(above), "+w"(before)
      : [count] "r"(count)
      : "q0", "q1", "q2", "q3", "q6", "q7", "lr", "memory");
}

#endif
