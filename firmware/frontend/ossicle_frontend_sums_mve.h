/* The sums of ossicle_frontend_sums.h over wide mel intervals, four bins at once, for Helium.
 *
 * VMLALDAVA adds the squares of the four numbers of two bins to 64 bits, exactly. The totals after
 * each of four bins are four times that after the last of them, less the power of the second once,
 * of the third twice and of the last three times: those totals after the last are summed up, and so
 * is what is taken away, which is that of bins 1 and 3 and twice that of bins 2 and 3, and no more
 * than three times the total. Bins that are left over are added one by one.
 */
#ifndef OSSICLE_FRONTEND_SUMS_MVE_H
#define OSSICLE_FRONTEND_SUMS_MVE_H

#include "ossicle_frontend_mve.h"

/* Bins from which on fours are cheaper. */
#define OSSICLE_FRONTEND_WIDE 11

/* Bits that a total may have, so that three times as much has 64. */
#define OSSICLE_FRONTEND_FOURS_BITS 62

/* Adds to the total, and to what is taken away. */
#define OSSICLE_FRONTEND_ADD_POWER(bins) "vmlaldava.s32 %Q[total], %R[total], " bins ", " bins "\n\t"
#define OSSICLE_FRONTEND_TAKE_POWER(bins) "vmlaldava.s32 %Q[away], %R[away], " bins ", " bins "\n\t"

/* The next four: those that lie in rising order, and those that alternate. */
#define OSSICLE_FRONTEND_FOUR_IN_TURN                                                              \
  "vldmia %[up]!, {d0-d3}\n\t" OSSICLE_FRONTEND_ADD_POWER("q0") OSSICLE_FRONTEND_ADD_POWER("q1")   \
      OSSICLE_FRONTEND_TAKE_POWER("q1") OSSICLE_FRONTEND_TAKE_POWER("q1")                          \
  "vmov.f64 d0, d3\n\t" /* bins 3 and 1 */                                                         \
      OSSICLE_FRONTEND_TAKE_POWER("q0")
#define OSSICLE_FRONTEND_FOUR_BY_TURNS                                                             \
  "vldrw.u32 q0, [%[up]], #16\n\t"                                                                 \
  "vldrw.u32 q1, [%[down]], #-16\n\t" /* bins 3 and 1 */                                           \
      OSSICLE_FRONTEND_ADD_POWER("q0") OSSICLE_FRONTEND_ADD_POWER("q1")                            \
          OSSICLE_FRONTEND_TAKE_POWER("q1")                                                        \
  "vmov.f64 d0, d2\n\t" /* bins 3 and 2 */                                                         \
      OSSICLE_FRONTEND_TAKE_POWER("q0") OSSICLE_FRONTEND_TAKE_POWER("q0")

/* Sums over `count` times four bins, given a first one's power or 0 as the total and what the
 * moment begins with, and what is taken away from four times that. */
#define OSSICLE_FRONTEND_SUM_FOURS(four)                                                           \
  "wls lr, %[count], 2f\n"                                                                         \
  "1:\n\t" four                                                                                    \
  "adds %Q[moment], %Q[moment], %Q[total]\n\t"                                                     \
  "adcs %R[moment], %R[moment], %R[total]\n\t"                                                     \
  "adc %[carry], %[carry], #0\n\t"                                                                 \
  "le lr, 1b\n"                                                                                    \
  "2:\n\t"                                                                                         \
  "lsl %[carry], %[carry], #2\n\t"                                                                 \
  "orr %[carry], %[carry], %R[moment], lsr #30\n\t"                                                \
  "lsl %R[moment], %R[moment], #2\n\t"                                                             \
  "orr %R[moment], %R[moment], %Q[moment], lsr #30\n\t"                                            \
  "lsl %Q[moment], %Q[moment], #2\n\t"                                                             \
  "subs %Q[moment], %Q[moment], %Q[away]\n\t"                                                      \
  "sbcs %R[moment], %R[moment], %R[away]\n\t"                                                      \
  "sbc %[carry], %[carry], #0"

#define OSSICLE_FRONTEND_FOURS_OPERANDS                                                            \
  [total] "+&r"(total), [moment] "+&r"(moment), [away] "+&r"(away), [carry] "+&r"(carry),          \
      [up] "+&r"(bins->up)

/* What follows the fours: the bins that are left over, one by one. */
#define OSSICLE_FRONTEND_REST_OPERANDS                                                             \
  [tl] "+&r"(tl), [th] "+&r"(th), [ml] "+&r"(ml), [mh] "+&r"(mh), [carry] "+&r"(carry),            \
      [re] "=&r"(re), [im] "=&r"(im), [up] "+&r"(bins->up), [i] "+&r"(*interval),                  \
      [left] "+&r"(left)
#define OSSICLE_FRONTEND_ADD_REST(second)                                                          \
  "lsls %[left], %[left], #31\n\t"                                                                 \
  "bcc 3f\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") second "3:\n\t"                                \
  "cmp %[left], #0\n\t"                                                                            \
  "beq 4f\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") "4:\n\t"
#define OSSICLE_FRONTEND_SPLIT_WORDS                                                               \
  uint32_t tl = (uint32_t)total, th = (uint32_t)(total >> 32);                                     \
  uint32_t ml = (uint32_t)moment, mh = (uint32_t)(moment >> 32);                                   \
  uint32_t re, im

/* Writes the next interval: the odd bins from `bin` to `edge`. Where the first lies in falling
 * order, it goes ahead of the fours. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_sum_fours_by_turns(
    ossicle_frontend_bins *bins, uint32_t bin, uint32_t edge, ossicle_frontend_interval **interval) {
  uint64_t total = 0, moment = 0, away = 0;
  uint32_t carry = 0, left = ((edge | 1u) - bin) / 2;
  if ((bin & 2) != 0) {
    const ossicle_frontend_complex first = *bins->down--;
    total = (uint64_t)((int64_t)first.re * first.re) + (uint64_t)((int64_t)first.im * first.im);
    moment = total;
    away = 3 * total;
    left -= 1;
  }
  const ossicle_frontend_complex *down = bins->down - 1;
  __asm__ volatile(OSSICLE_FRONTEND_SUM_FOURS(OSSICLE_FRONTEND_FOUR_BY_TURNS)
                   : OSSICLE_FRONTEND_FOURS_OPERANDS, [down] "+&r"(down)
                   : [count] "r"(left / 4)
                   : "q0", "q1", "lr", "cc", "memory");
  bins->down = down + 1;
  OSSICLE_FRONTEND_SPLIT_WORDS;
  __asm__ volatile(OSSICLE_FRONTEND_ADD_REST(OSSICLE_FRONTEND_NEXT_BIN("down", "-8"))
                       OSSICLE_FRONTEND_CLOSE("bmi") "strd %[tl], %[th], [%[i]], #8\n\t"
                                                     "strd %[ml], %[mh], [%[i]], #8"
                   : OSSICLE_FRONTEND_REST_OPERANDS, [down] "+&r"(bins->down)
                   : [edge] "r"(edge), [lost] "i"(OSSICLE_FRONTEND_LOST)
                   : "cc", "memory");
}

/* Adds to the next interval: the even bins up to `end`, which is the first from `edge` on. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_fours_in_turn(
    ossicle_frontend_bins *bins, const ossicle_frontend_complex *end, uint32_t edge,
    ossicle_frontend_interval **interval) {
  uint64_t total = 0, moment = 0, away = 0;
  uint32_t carry = 0, left = (uint32_t)(end - bins->up);
  __asm__ volatile(OSSICLE_FRONTEND_SUM_FOURS(OSSICLE_FRONTEND_FOUR_IN_TURN)
                   : OSSICLE_FRONTEND_FOURS_OPERANDS
                   : [count] "r"(left / 4)
                   : "q0", "q1", "lr", "cc", "memory");
  OSSICLE_FRONTEND_SPLIT_WORDS;
  __asm__ volatile(OSSICLE_FRONTEND_ADD_REST(OSSICLE_FRONTEND_NEXT_BIN("up", "8"))
                       OSSICLE_FRONTEND_CLOSE("bpl") OSSICLE_FRONTEND_ADD_CLOSED
                   "add %[i], %[i], #16"
                   : OSSICLE_FRONTEND_REST_OPERANDS
                   : [edge] "r"(edge), [lost] "i"(OSSICLE_FRONTEND_LOST)
                   : "cc", "memory");
}

#endif
