/* Vectors of Helium: what compilers do not find, or lose, of its instructions.
 *
 * Loads that move their pointer on are named, because compilers merge pointers that are a constant
 * apart, and then move copies of one. Everything else is an intrinsic.
 */
#ifndef OSSICLE_FRONTEND_MVE_H
#define OSSICLE_FRONTEND_MVE_H

#include <arm_mve.h>

#include "ossicle_frontend_arithmetic.h"

#define OSSICLE_FRONTEND_VECTORS "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7"

/* The next four samples, each times 2^16. */
OSSICLE_FRONTEND_INLINE int32x4_t ossicle_frontend_next_samples(const int16_t **samples) {
  int32x4_t next;
  __asm__ volatile("vldrh.s32 %q0, [%1], #8\n\tvshl.i32 %q0, %q0, #16"
                   : "=w"(next), "+l"(*samples)
                   :
                   : "memory");
  return next;
}

/* The next eight, as they are. */
OSSICLE_FRONTEND_INLINE int16x8_t ossicle_frontend_next_eight(const int16_t **samples) {
  int16x8_t next;
  __asm__ volatile("vldrh.u16 %q0, [%1], #16" : "=w"(next), "+r"(*samples) : : "memory");
  return next;
}

/* The next four words. */
OSSICLE_FRONTEND_INLINE int32x4_t ossicle_frontend_next_words(const int32_t **words) {
  int32x4_t next;
  __asm__ volatile("vldrw.u32 %q0, [%1], #16" : "=w"(next), "+r"(*words) : : "memory");
  return next;
}

/* The next four pairs, apart. */
OSSICLE_FRONTEND_INLINE int32x4x2_t ossicle_frontend_next_pairs(const int32_t **words) {
  const int32x4x2_t next = vld2q_s32(*words);
  *words += 8;
  __asm__("" : "+r"(*words));
  return next;
}

/* The next four numbers of 16 bits. */
OSSICLE_FRONTEND_INLINE uint32x4_t ossicle_frontend_next_places(const uint16_t **places) {
  uint32x4_t next;
  __asm__ volatile("vldrh.u32 %q0, [%1], #8" : "=w"(next), "+l"(*places) : : "memory");
  return next;
}

/* Copies forward, so that `to` may lie before `from` and reach into it: what is loaded at once is
 * loaded before it is stored. Eight vectors go at once where both lie at whole words. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_copy_mve(int16_t *to, const int16_t *from,
                                                       size_t samples) {
  const int whole_words = (((uintptr_t)to | (uintptr_t)from) & 3) == 0;
  const size_t at_once = whole_words ? samples / 64 : 0;
  __asm__ volatile(
      "wls lr, %[at_once], 2f\n"
      "1:\n\t"
      "vldmia %[from]!, {d0-d15}\n\t"
      "vstmia %[to]!, {d0-d15}\n\t"
      "le lr, 1b\n"
      "2:\n\t"
      "wlstp.16 lr, %[rest], 4f\n"
      "3:\n\t"
      "vldrh.u16 q0, [%[from]], #16\n\t"
      "vstrh.16 q0, [%[to]], #16\n\t"
      "letp lr, 3b\n"
      "4:"
      : [to] "+r"(to), [from] "+r"(from)
      : [at_once] "r"(at_once), [rest] "r"(samples - 64 * at_once)
      : OSSICLE_FRONTEND_VECTORS, "lr", "memory");
}

/* What lies `offset` bytes, a constant, from addresses. */
OSSICLE_FRONTEND_INLINE int32x4_t ossicle_frontend_words_at(uint32x4_t addresses, int offset) {
  int32x4_t words;
  __asm__ volatile("vldrw.u32 %q0, [%q1, %2]"
                   : "=&w"(words)
                   : "w"(addresses), "i"(offset)
                   : "memory");
  return words;
}

/* The same, and the addresses move there. */
OSSICLE_FRONTEND_INLINE int32x4_t ossicle_frontend_next_words_at(uint32x4_t *addresses, int step) {
  int32x4_t words;
  __asm__ volatile("vldrw.u32 %q0, [%q1, %2]!"
                   : "=&w"(words), "+&w"(*addresses)
                   : "i"(step)
                   : "memory");
  return words;
}

/* Four addresses: `base` plus `offset` words, and each `step` words after the one before. */
OSSICLE_FRONTEND_INLINE uint32x4_t ossicle_frontend_addresses(const int32_t *base, int offset,
                                                              int step) {
  const uint32x4_t lane = vidupq_n_u32(0, 1);
  const uint32_t first = (uint32_t)(uintptr_t)base + 4 * (uint32_t)offset;
  return vaddq_n_u32(vmulq_n_u32(lane, (uint32_t)(4 * step)), first);
}

/* A predicate of a constant. GCC 12 gets some of these wrong, and must not know what it is. */
OSSICLE_FRONTEND_INLINE mve_pred16_t ossicle_frontend_predicate(uint32_t lanes) {
  __asm__("" : "+r"(lanes));
  return (mve_pred16_t)lanes;
}

#endif
