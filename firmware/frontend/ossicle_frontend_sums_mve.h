/* The sums of ossicle_frontend_sums.h over all mel intervals, for Helium.
 *
 * Narrow intervals are summed bin by bin, wide ones four bins at once. VMLALDAVA adds the squares of
 * the four numbers of two bins to 64 bits, exactly. The totals after each of four bins are four
 * times that after the last of them, less the power of the second once, of the third twice and of
 * the last three times. So the totals after the last are summed up, and so is what is taken away:
 * the power of bins 1 and 3 and twice that of bins 2 and 3, no more than three times the total. Bins
 * that are left over are added one by one.
 *
 * All intervals are one piece of assembly, because compilers move the words of 64 bits about, and
 * run out of registers. A number of the table says an interval: 4 times its bins, plus 2 where the
 * first of them lies in falling order, plus 1 where the first behind them lies beyond its end.
 */
#ifndef OSSICLE_FRONTEND_SUMS_MVE_H
#define OSSICLE_FRONTEND_SUMS_MVE_H

#include "ossicle_frontend_mve.h"
#include "ossicle_frontend_sums.h"

/* The number from which on fours are cheaper, where three times a total has 64 bits; the last one
 * of all is behind the intervals. */
#define OSSICLE_FRONTEND_WIDE (OSSICLE_FRONTEND_TOTAL_BITS <= 62 ? 4 * 8 : 0x8000)
#define OSSICLE_FRONTEND_LAST 0xff00

/* Adds to the total, and to what is taken away. */
#define OSSICLE_FRONTEND_ADD_POWER(bins) "vmlaldava.s32 %[tl], %[th], " bins ", " bins "\n\t"
#define OSSICLE_FRONTEND_TAKE_POWER(bins) "vmlaldava.s32 %[re], %[im], " bins ", " bins "\n\t"

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

/* No total, no moment, nothing that is taken away. */
#define OSSICLE_FRONTEND_NO_SUM                                                                    \
  "mov %[tl], #0\n\t"                                                                              \
  "mov %[th], #0\n\t"                                                                              \
  "mov %[ml], #0\n\t"                                                                              \
  "mov %[mh], #0\n\t"                                                                              \
  "mov %[re], #0\n\t"                                                                              \
  "mov %[im], #0\n\t"

/* A bin ahead of the fours is one of which thrice as much is taken away from four times its power.
 */
#define OSSICLE_FRONTEND_TAKE_THRICE                                                               \
  "adds %[re], %[tl], %[tl]\n\t"                                                                   \
  "adc %[im], %[th], %[th]\n\t"                                                                    \
  "adds %[re], %[re], %[tl]\n\t"                                                                   \
  "adc %[im], %[im], %[th]\n\t"

/* Sums all fours; the moment is four times what it was, less what is taken away. */
#define OSSICLE_FRONTEND_SUM_FOURS(four)                                                           \
  "lsr lr, %[edge], #4\n\t"                                                                        \
  "wls lr, lr, 22f\n"                                                                              \
  "21:\n\t" four                                                                                   \
  "adds %[ml], %[ml], %[tl]\n\t"                                                                   \
  "adcs %[mh], %[mh], %[th]\n\t"                                                                   \
  "adc %[carry], %[carry], #0\n\t"                                                                 \
  "le lr, 21b\n"                                                                                   \
  "22:\n\t"                                                                                        \
  "lsl %[carry], %[carry], #2\n\t"                                                                 \
  "orr %[carry], %[carry], %[mh], lsr #30\n\t"                                                     \
  "lsll %[ml], %[mh], #2\n\t"                                                                      \
  "subs %[ml], %[ml], %[re]\n\t"                                                                   \
  "sbcs %[mh], %[mh], %[im]\n\t"                                                                   \
  "sbc %[carry], %[carry], #0\n\t"

/* Adds what is left over, and goes to 8; `second` is the second of two bins. */
#define OSSICLE_FRONTEND_ADD_REST(second)                                                          \
  "lsls %[re], %[edge], #29\n\t"                                                                   \
  "bcc 23f\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") second "23:\n\t"                              \
  "lsls %[re], %[edge], #29\n\t"                                                                   \
  "bpl 8b\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") "b 8b\n"

/* What is left of both sums when they lose bits; the next interval is theirs. */
#define OSSICLE_FRONTEND_CLOSE_MVE                                                                 \
  "lsrl %[tl], %[th], %[lost]\n\t"                                                                 \
  "lsrl %[ml], %[mh], %[lost] - 1\n\t"                                                             \
  "add %[mh], %[mh], %[carry], lsl #33 - %c[lost]\n\t"                                             \
  "lsls %[re], %[edge], #31\n\t"                                                                   \
  "bpl 9f\n\t"                                                                                     \
  "subs %[ml], %[ml], %[tl]\n\t"                                                                   \
  "sbc %[mh], %[mh], %[th]\n"                                                                      \
  "9:\n\t"

/* Adds them to what the interval has. Its 128 bits are one number to VADC; no total carries. */
#define OSSICLE_FRONTEND_ADD_CLOSED_MVE                                                            \
  "vmov q0[2], q0[0], %[tl], %[ml]\n\t"                                                            \
  "vmov q0[3], q0[1], %[th], %[mh]\n\t"                                                            \
  "vldrw.u32 q1, [%[i]]\n\t"                                                                       \
  "vadci.i32 q0, q0, q1\n\t"                                                                       \
  "vstrw.32 q0, [%[i]], #16\n\t"

/* Instructions on 64 bits take a lower word from registers of even numbers only, an upper one from
 * odd ones. */
#define OSSICLE_FRONTEND_SUM_REGISTERS                                                             \
  register uint32_t tl __asm__("r4");                                                              \
  register uint32_t th __asm__("r5");                                                              \
  register uint32_t re __asm__("r6");                                                              \
  register uint32_t im __asm__("r9");                                                              \
  register uint32_t ml __asm__("r8");                                                              \
  register uint32_t mh __asm__("r11");                                                             \
  uint32_t carry, edge

#define OSSICLE_FRONTEND_SUM_OPERANDS                                                              \
  [tl] "=&r"(tl), [th] "=&r"(th), [ml] "=&r"(ml), [mh] "=&r"(mh), [carry] "=&r"(carry),            \
      [re] "=&r"(re), [im] "=&r"(im), [edge] "=&r"(edge), [up] "+&r"(bins.up),                     \
      [i] "+&r"(interval), [next] "+&r"(next)
#define OSSICLE_FRONTEND_SUM_INPUTS                                                                \
  [lost] "i"(OSSICLE_FRONTEND_LOST), [wide] "i"(OSSICLE_FRONTEND_WIDE),                            \
      [last] "i"(OSSICLE_FRONTEND_LAST)

/* Sums the odd bins. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_sum_odd_mve(ossicle_frontend_bins bins,
                                                          ossicle_frontend_interval *interval) {
  const uint16_t *next = ossicle_frontend_odd_bins;
  OSSICLE_FRONTEND_SUM_REGISTERS;
  __asm__ volatile(
      "1:\n\t"
      "ldrh %[edge], [%[next]], #2\n\t"
      "mov %[carry], #0\n\t"
      "cmp %[edge], %[wide]\n\t"
      "bhs 20f\n\t"
      "lsrs lr, %[edge], #2\n\t"
      "beq 6f\n\t"
      "lsls %[re], %[edge], #30\n\t"
      "bmi 2f\n\t" OSSICLE_FRONTEND_FIRST_BIN("up", "8") "b 4f\n"
      "2:\n\t" OSSICLE_FRONTEND_FIRST_BIN("down", "-8") "b 5f\n"
      "3:\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") "4:\n\t"
      "subs lr, lr, #1\n\t"
      "beq 8f\n\t" OSSICLE_FRONTEND_NEXT_BIN("down", "-8") "5:\n\t"
      "subs lr, lr, #1\n\t"
      "bne 3b\n"
      "8:\n\t" OSSICLE_FRONTEND_CLOSE_MVE "strd %[tl], %[th], [%[i]], #8\n\t"
      "strd %[ml], %[mh], [%[i]], #8\n\t"
      "b 1b\n"
      "6:\n\t"
      "strd %[carry], %[carry], [%[i]], #8\n\t"
      "strd %[carry], %[carry], [%[i]], #8\n\t"
      "b 1b\n"
      "20:\n\t"
      "cmp %[edge], %[last]\n\t"
      "beq 30f\n\t" OSSICLE_FRONTEND_NO_SUM "lsls lr, %[edge], #30\n\t"
      "bpl 24f\n\t" OSSICLE_FRONTEND_FIRST_BIN("down", "-8") OSSICLE_FRONTEND_TAKE_THRICE
      "sub %[edge], %[edge], #4\n"
      "24:\n\t"
      "sub %[down], %[down], #8\n\t" OSSICLE_FRONTEND_SUM_FOURS(OSSICLE_FRONTEND_FOUR_BY_TURNS)
      "add %[down], %[down], #8\n\t"
      OSSICLE_FRONTEND_ADD_REST(OSSICLE_FRONTEND_NEXT_BIN("down", "-8"))
      "30:"
      : OSSICLE_FRONTEND_SUM_OPERANDS, [down] "+&r"(bins.down)
      : OSSICLE_FRONTEND_SUM_INPUTS
      : "q0", "q1", "lr", "cc", "memory");
}

/* Adds the even bins. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_even_mve(ossicle_frontend_bins bins,
                                                           ossicle_frontend_interval *interval) {
  const uint16_t *next = ossicle_frontend_even_bins;
  OSSICLE_FRONTEND_SUM_REGISTERS;
  __asm__ volatile(
      "1:\n\t"
      "ldrh %[edge], [%[next]], #2\n\t"
      "mov %[carry], #0\n\t"
      "cmp %[edge], %[wide]\n\t"
      "bhs 20f\n\t"
      "lsrs lr, %[edge], #2\n\t"
      "beq 6f\n\t" OSSICLE_FRONTEND_FIRST_BIN("up", "8")
      "sub lr, lr, #1\n\t"
      "wls lr, lr, 8f\n"
      "3:\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8")
      "le lr, 3b\n"
      "8:\n\t" OSSICLE_FRONTEND_CLOSE_MVE OSSICLE_FRONTEND_ADD_CLOSED_MVE
      "b 1b\n"
      "6:\n\t"
      "add %[i], %[i], #16\n\t"
      "b 1b\n"
      "20:\n\t"
      "cmp %[edge], %[last]\n\t"
      "beq 30f\n\t" OSSICLE_FRONTEND_NO_SUM OSSICLE_FRONTEND_SUM_FOURS(
          OSSICLE_FRONTEND_FOUR_IN_TURN)
          OSSICLE_FRONTEND_ADD_REST(OSSICLE_FRONTEND_NEXT_BIN("up", "8"))
      "30:"
      : OSSICLE_FRONTEND_SUM_OPERANDS
      : OSSICLE_FRONTEND_SUM_INPUTS
      : "q0", "q1", "lr", "cc", "memory");
}

#endif
