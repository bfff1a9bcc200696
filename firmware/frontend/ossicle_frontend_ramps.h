/* The power of a mel interval, weighted by the two ramps over it: one falls from 1 to 0, the other
 * rises from 0 to 1.
 *
 * With the sums of the power P[k] and of (end - k) P[k], the falling ramp's is slope times the
 * latter less start times the former.
 */
#ifndef OSSICLE_FRONTEND_RAMPS_H
#define OSSICLE_FRONTEND_RAMPS_H

#include "ossicle_frontend_arithmetic.h"

typedef struct {
  uint64_t falling;
  uint64_t rising;
} ossicle_frontend_ramps;

/* Bits that the total loses, so that its unit is that of the ramps. */
#define OSSICLE_FRONTEND_RAMP_LOST (32 - OSSICLE_FRONTEND_RAMP_BITS)

#if defined(OSSICLE_FRONTEND_THUMB2)

#define OSSICLE_FRONTEND_MUL_WIDE(low, high, a_low, a_high, b)                                     \
  "umull %[" a_low "], %[" low "], %[" a_low "], %[" b                                             \
  "]\n\t"                                                                                          \
  "mov %[" high                                                                                    \
  "], #0\n\t"                                                                                      \
  "umlal %[" low "], %[" high "], %[" a_high "], %[" b "]\n\t"

/* Goes on to the next interval. */
OSSICLE_FRONTEND_INLINE ossicle_frontend_ramps
ossicle_frontend_next_ramps(const ossicle_frontend_interval **interval, const uint32_t **ramp) {
  uint32_t tl, th, ml, mh, fl, fh, slope, start;
  __asm__ volatile(
      "ldrd %[tl], %[th], [%[i]], #8\n\t"
      "ldrd %[ml], %[mh], [%[i]], #8\n\t"
      "ldrd %[slope], %[start], [%[r]], #8\n\t" OSSICLE_FRONTEND_MUL_WIDE(
          "fl", "fh", "ml", "mh", "slope")
      "umull %[ml], %[slope], %[tl], %[start]\n\t"
      "mov %[ml], #0\n\t"
      "umlal %[slope], %[ml], %[th], %[start]\n\t"
      "subs %[fl], %[fl], %[slope]\n\t"
      "sbc %[fh], %[fh], %[ml]\n\t"
#if OSSICLE_FRONTEND_RAMP_LOST > 0
      "lsr %[tl], %[tl], #%c[lost]\n\t"
      "orr %[tl], %[tl], %[th], lsl #32 - %c[lost]\n\t"
      "lsr %[th], %[th], #%c[lost]\n\t"
#endif
      "subs %[tl], %[tl], %[fl]\n\t"
      "sbcs %[th], %[th], %[fh]\n\t"
      "itt cc\n\t"
      "movcc %[tl], #0\n\t"
      "movcc %[th], #0"
      : [tl] "=&r"(tl), [th] "=&r"(th), [ml] "=&r"(ml), [mh] "=&r"(mh), [fl] "=&r"(fl),
        [fh] "=&r"(fh), [slope] "=&r"(slope), [start] "=&r"(start), [i] "+&r"(*interval),
        [r] "+&r"(*ramp)
      : [lost] "i"(OSSICLE_FRONTEND_RAMP_LOST)
      : "cc", "memory");
  const ossicle_frontend_ramps ramps = {(uint64_t)fh << 32 | fl, (uint64_t)th << 32 | tl};
  return ramps;
}

#else

OSSICLE_FRONTEND_INLINE ossicle_frontend_ramps
ossicle_frontend_next_ramps(const ossicle_frontend_interval **interval, const uint32_t **ramp) {
  const uint64_t total = (*interval)->total >> OSSICLE_FRONTEND_RAMP_LOST;
  ossicle_frontend_ramps ramps;
  ramps.falling = ossicle_frontend_mul_wide((*interval)->moment, (*ramp)[0]) -
                  ossicle_frontend_mul_wide((*interval)->total, (*ramp)[1]);
  /* rounding may carry a falling ramp of 1 one unit too high */
  ramps.rising = ramps.falling < total ? total - ramps.falling : 0;
  *interval += 1;
  *ramp += 2;
  return ramps;
}

#endif
#endif
