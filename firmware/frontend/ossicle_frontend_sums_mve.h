/* The sums of ossicle_frontend_sums.h over the even bins of a mel interval, two bins at once, for
 * Helium.
 *
 * VMLALDAVA adds the squares of four numbers to 64 bits, exactly, so that the total after every
 * second bin is at hand. Of the moment, which is the sum of the totals after each bin, two
 * neighbouring bins are twice the total after the second less that one's own power: the sum of
 * those powers, which is no more than the total, is taken away at the end. A first bin without a
 * neighbour begins all three sums with its power.
 */
#ifndef OSSICLE_FRONTEND_SUMS_MVE_H
#define OSSICLE_FRONTEND_SUMS_MVE_H

#include "ossicle_frontend_mve.h"

/* Adds to the next interval: the even bins up to `end`, which is the first from `edge` on. `second`
 * has the bits of the second of two bins. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_in_pairs(ossicle_frontend_bins *bins,
                                                           const ossicle_frontend_complex *end,
                                                           uint32_t edge,
                                                           ossicle_frontend_interval **interval,
                                                           int32x4_t second) {
  uint64_t total = 0, moment = 0, seconds = 0;
  uint32_t carry = 0, left;
  __asm__ volatile(
      "sub %[left], %[end], %[up]\n\t"
      "lsrs %[left], %[left], #4\n\t"
      "bcc 1f\n\t"
      "ldrd %Q[s], %R[s], [%[up]], #8\n\t"
      "smull %Q[t], %R[t], %Q[s], %Q[s]\n\t"
      "smlal %Q[t], %R[t], %R[s], %R[s]\n\t"
      "mov %Q[m], %Q[t]\n\t"
      "mov %R[m], %R[t]\n\t"
      "mov %Q[s], %Q[t]\n\t"
      "mov %R[s], %R[t]\n"
      "1:\n\t"
      "wls lr, %[left], 3f\n"
      "2:\n\t"
      "vldrw.u32 q0, [%[up]], #16\n\t"
      "vmlaldava.s32 %Q[t], %R[t], q0, q0\n\t"
      "vand q1, q0, %q[second]\n\t"
      "vmlaldava.s32 %Q[s], %R[s], q0, q1\n\t"
      "adds %Q[m], %Q[m], %Q[t]\n\t"
      "adcs %R[m], %R[m], %R[t]\n\t"
      "adc %[carry], %[carry], #0\n\t"
      "le lr, 2b\n"
      "3:\n\t"
      "adds %Q[m], %Q[m], %Q[m]\n\t"
      "adcs %R[m], %R[m], %R[m]\n\t"
      "adc %[carry], %[carry], %[carry]\n\t"
      "subs %Q[m], %Q[m], %Q[s]\n\t"
      "sbcs %R[m], %R[m], %R[s]\n\t"
      "sbc %[carry], %[carry], #0\n\t"
      : [t] "+&r"(total), [m] "+&r"(moment), [s] "+&r"(seconds), [carry] "+&r"(carry),
        [left] "=&r"(left), [up] "+&r"(bins->up)
      : [end] "r"(end), [second] "w"(second)
      : "q0", "q1", "lr", "cc", "memory");
  const ossicle_frontend_sums sums = {total, moment, carry};
  const ossicle_frontend_interval closed = ossicle_frontend_closed(&sums, edge & 1u);
  (*interval)->total += closed.total;
  (*interval)->moment += closed.moment;
  *interval += 1;
}

#endif
