/* The two sums over the bins of a mel interval.
 *
 * Adding a bin adds its power to the total, and then the total to the moment: 96 bits. What is kept
 * of both has 64: they lose OSSICLE_FRONTEND_MOMENT_SHIFT bits, so that no moment reaches 2^64. The
 * bins come two apart, so the moment is doubled. Its steps count from the first of the bins at the
 * interval's end; where that lies a bin beyond the end, one total is taken away.
 */
#ifndef OSSICLE_FRONTEND_SUMS_H
#define OSSICLE_FRONTEND_SUMS_H

#include "ossicle_frontend_arithmetic.h"

#define OSSICLE_FRONTEND_LOST OSSICLE_FRONTEND_MOMENT_SHIFT

/* Where the next bins lie: those at `up` in rising order, those at `down` in falling order. */
typedef struct {
  const ossicle_frontend_complex *up;
  const ossicle_frontend_complex *down;
} ossicle_frontend_bins;

typedef struct {
  ossicle_frontend_wide total;
  ossicle_frontend_wide moment; /* modulo 2^64 */
  ossicle_frontend_carry carry; /* what the moment has above that */
} ossicle_frontend_sums;

OSSICLE_FRONTEND_INLINE ossicle_frontend_interval
ossicle_frontend_closed(const ossicle_frontend_sums *sums, uint32_t beyond) {
  ossicle_frontend_interval closed;
  closed.total = sums->total >> OSSICLE_FRONTEND_LOST;
  closed.moment = ((ossicle_frontend_wide)sums->carry << (65 - OSSICLE_FRONTEND_LOST)) +
                  (sums->moment >> (OSSICLE_FRONTEND_LOST - 1));
  if (beyond) {
    closed.moment -= closed.total;
  }
  return closed;
}

#if defined(OSSICLE_FRONTEND_THUMB2)

/* Each interval is one piece of assembly, because compilers want the two words of a uint64_t in
 * neighbouring registers, and run out. The first bin need not be added to anything. */
#define OSSICLE_FRONTEND_FIRST_BIN(bin, step)                                                      \
  "ldrd %[re], %[im], [%[" bin "]], #" step                                                        \
  "\n\t"                                                                                           \
  "smull %[tl], %[th], %[re], %[re]\n\t"                                                           \
  "smlal %[tl], %[th], %[im], %[im]\n\t"                                                           \
  "mov %[ml], %[tl]\n\t"                                                                           \
  "mov %[mh], %[th]\n\t"

#define OSSICLE_FRONTEND_NEXT_BIN(bin, step)                                                       \
  "ldrd %[re], %[im], [%[" bin "]], #" step                                                        \
  "\n\t"                                                                                           \
  "smlal %[tl], %[th], %[re], %[re]\n\t"                                                           \
  "smlal %[tl], %[th], %[im], %[im]\n\t"                                                           \
  "adds %[ml], %[ml], %[tl]\n\t"                                                                   \
  "adcs %[mh], %[mh], %[th]\n\t"                                                                   \
  "adc %[carry], %[carry], #0\n\t"

/* `branch` leaves out the correction, given the parity of the interval's end as the sign. */
#define OSSICLE_FRONTEND_CLOSE(branch)                                                             \
  "lsr %[tl], %[tl], #%c[lost]\n\t"                                                                \
  "orr %[tl], %[tl], %[th], lsl #32 - %c[lost]\n\t"                                                \
  "lsr %[th], %[th], #%c[lost]\n\t"                                                                \
  "lsr %[ml], %[ml], #%c[lost] - 1\n\t"                                                            \
  "orr %[ml], %[ml], %[mh], lsl #33 - %c[lost]\n\t"                                                \
  "lsr %[mh], %[mh], #%c[lost] - 1\n\t"                                                            \
  "add %[mh], %[mh], %[carry], lsl #33 - %c[lost]\n\t"                                             \
  "lsls %[re], %[edge], #31\n\t" branch                                                            \
  " 9f\n\t"                                                                                        \
  "subs %[ml], %[ml], %[tl]\n\t"                                                                   \
  "sbc %[mh], %[mh], %[th]\n"                                                                      \
  "9:\n\t"

#define OSSICLE_FRONTEND_OPERANDS                                                                  \
  [tl] "=&r"(tl), [th] "=&r"(th), [ml] "=&r"(ml), [mh] "=&r"(mh), [carry] "=&r"(carry),            \
      [re] "=&r"(re), [im] "=&r"(im), [up] "+&r"(bins->up), [i] "+&r"(*interval)

/* Writes the next interval: the odd bins from `bin` to `edge`. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_sum_by_turns(ossicle_frontend_bins *bins,
                                                           uint32_t bin, uint32_t edge,
                                                           ossicle_frontend_interval **interval) {
  uint32_t tl, th, ml, mh, carry, re, im;
  __asm__ volatile(
      "mov %[carry], #0\n\t"
      "orr %[im], %[edge], #1\n\t"
      "lsl %[re], %[left], #30\n\t"
      "subs %[left], %[im], %[left]\n\t"
      "beq 6f\n\t"
      "cmp %[re], #0\n\t"
      "bmi 1f\n\t" OSSICLE_FRONTEND_FIRST_BIN("up", "8") "b 3f\n"
      "1:\n\t" OSSICLE_FRONTEND_FIRST_BIN("down", "-8") "b 4f\n"
      "2:\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") "3:\n\t"
      "subs %[left], %[left], #2\n\t"
      "beq 5f\n\t" OSSICLE_FRONTEND_NEXT_BIN("down", "-8") "4:\n\t"
      "subs %[left], %[left], #2\n\t"
      "bne 2b\n"
      "5:\n\t" OSSICLE_FRONTEND_CLOSE("bmi") "strd %[tl], %[th], [%[i]], #8\n\t"
      "strd %[ml], %[mh], [%[i]], #8\n\t"
      "b 7f\n"
      "6:\n\t"
      "strd %[left], %[left], [%[i]], #8\n\t"
      "strd %[left], %[left], [%[i]], #8\n"
      "7:"
      : OSSICLE_FRONTEND_OPERANDS, [down] "+&r"(bins->down), [left] "+&r"(bin)
      : [edge] "r"(edge), [lost] "i"(OSSICLE_FRONTEND_LOST)
      : "cc", "memory");
}

/* Adds to the next interval: the even bins up to `end`, which is the first from `edge` on. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_in_turn(ossicle_frontend_bins *bins,
                                                          const ossicle_frontend_complex *end,
                                                          uint32_t edge,
                                                          ossicle_frontend_interval **interval) {
  uint32_t tl, th, ml, mh, carry, re, im;
  __asm__ volatile(
      "mov %[carry], #0\n\t"
      "cmp %[up], %[end]\n\t"
      "beq 6f\n\t" OSSICLE_FRONTEND_FIRST_BIN("up", "8") "b 2f\n"
      "1:\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") "2:\n\t"
      "cmp %[up], %[end]\n\t"
      "bne 1b\n\t" OSSICLE_FRONTEND_CLOSE("bpl") "ldrd %[re], %[im], [%[i]]\n\t"
      "adds %[tl], %[tl], %[re]\n\t"
      "adc %[th], %[th], %[im]\n\t"
      "ldrd %[re], %[im], [%[i], #8]\n\t"
      "adds %[ml], %[ml], %[re]\n\t"
      "adc %[mh], %[mh], %[im]\n\t"
      "strd %[tl], %[th], [%[i]]\n\t"
      "strd %[ml], %[mh], [%[i], #8]\n"
      "6:\n\t"
      "add %[i], %[i], #16"
      : OSSICLE_FRONTEND_OPERANDS
      : [end] "r"(end), [edge] "r"(edge), [lost] "i"(OSSICLE_FRONTEND_LOST)
      : "cc", "memory");
}

#else

#if defined(OSSICLE_FRONTEND_LANES)

#include "ossicle_frontend_lanes_sums.h"

#else

OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_bin(ossicle_frontend_sums *sums,
                                                      const ossicle_frontend_complex *bin) {
  sums->total += ossicle_frontend_square(bin->re) + ossicle_frontend_square(bin->im);
  sums->moment += sums->total;
  sums->carry += sums->moment < sums->total;
}

#endif

OSSICLE_FRONTEND_INLINE void ossicle_frontend_sum_by_turns(ossicle_frontend_bins *bins,
                                                           uint32_t bin, uint32_t edge,
                                                           ossicle_frontend_interval **interval) {
  ossicle_frontend_sums sums = {0};
  for (; bin < edge; bin += 2) {
    ossicle_frontend_add_bin(&sums, (bin & 2) != 0 ? bins->down-- : bins->up++);
  }
  *(*interval)++ = ossicle_frontend_closed(&sums, bin - edge);
}

OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_in_turn(ossicle_frontend_bins *bins,
                                                          const ossicle_frontend_complex *end,
                                                          uint32_t edge,
                                                          ossicle_frontend_interval **interval) {
  ossicle_frontend_sums sums = {0};
  while (bins->up != end) {
    ossicle_frontend_add_bin(&sums, bins->up++);
  }
  const ossicle_frontend_interval closed = ossicle_frontend_closed(&sums, edge & 1u);
  (*interval)->total += closed.total;
  (*interval)->moment += closed.moment;
  *interval += 1;
}

#endif
#endif
