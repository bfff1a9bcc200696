/* The sums of ossicle_frontend_sums.h over all mel intervals, for Helium.
 *
 * Intervals of four bins at most, whose moments fit 64 bits, are summed without a loop, others bin by
 * bin, and wide ones four bins at once. VMLALDAVA adds the squares of
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

/* The number from which on fours are cheaper, where three times a total has 64 bits; that from which
 * on a moment may have more than 64; and the one behind the last interval. */
#define OSSICLE_FRONTEND_SMALL_TOTAL (OSSICLE_FRONTEND_TOTAL_BITS <= 62)
#define OSSICLE_FRONTEND_WIDE (OSSICLE_FRONTEND_SMALL_TOTAL ? 4 * 8 : 0x8000)
#define OSSICLE_FRONTEND_LONG (OSSICLE_FRONTEND_SMALL_TOTAL ? 4 * 5 : 0)
#define OSSICLE_FRONTEND_LAST 0xff00

/* A further bin of an interval that is not long. */
#define OSSICLE_FRONTEND_SHORT_BIN(bin, step)                                                      \
  "ldrd %[re], %[im], [%[" bin "]], #" step                                                        \
  "\n\t"                                                                                           \
  "smlal %[tl], %[th], %[re], %[re]\n\t"                                                           \
  "smlal %[tl], %[th], %[im], %[im]\n\t"                                                           \
  "adds %[ml], %[ml], %[tl]\n\t"                                                                   \
  "adc %[mh], %[mh], %[th]\n\t"

/* Four bins at most, from label `l`4 on four, from `l`3 on three, and so on; then on to 8. */
#define OSSICLE_FRONTEND_SHORT(l, first, first_step, second, second_step)                          \
  #l "1:\n\t" OSSICLE_FRONTEND_FIRST_BIN(second, second_step) "b 8f\n" #l                           \
     "2:\n\t" OSSICLE_FRONTEND_FIRST_BIN(first, first_step) "b " #l "6f\n" #l                       \
     "3:\n\t" OSSICLE_FRONTEND_FIRST_BIN(second, second_step) "b " #l "7f\n" #l                     \
     "4:\n\t" OSSICLE_FRONTEND_FIRST_BIN(first, first_step)                                        \
         OSSICLE_FRONTEND_SHORT_BIN(second, second_step) #l                                        \
     "7:\n\t" OSSICLE_FRONTEND_SHORT_BIN(first, first_step) #l                                     \
     "6:\n\t" OSSICLE_FRONTEND_SHORT_BIN(second, second_step)

/* The next interval: to 40 where it is long, else to where the table at 0, of half the distances
 * from there, says. */
#define OSSICLE_FRONTEND_NEXT_INTERVAL(index)                                                      \
  "1:\n\t"                                                                                         \
  "ldrh %[edge], [%[next]], #2\n\t"                                                                \
  "cmp %[edge], %[longs]\n\t"                                                                      \
  "bhs 40f\n\t"                                                                                    \
  "lsr %[re], %[edge], " index                                                                     \
  "\n\t"                                                                                           \
  "tbb [pc, %[re]]\n"                                                                              \
  "0:\n\t"
#define OSSICLE_FRONTEND_GO_TO(label) ".byte (" #label "f - 0b) / 2\n\t"

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

/* Adds what is left over, and goes to 48; `second` is the second of two bins. */
#define OSSICLE_FRONTEND_ADD_REST(second)                                                          \
  "lsls %[re], %[edge], #29\n\t"                                                                   \
  "bcc 23f\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") second "23:\n\t"                              \
  "lsls %[re], %[edge], #29\n\t"                                                                   \
  "bpl 48b\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") "b 48b\n"

/* What is left of both sums when they lose bits; the next interval is theirs. A long interval comes
 * to 48, and its moment has a carry. */
#define OSSICLE_FRONTEND_CLOSE_MVE                                                                 \
  "8:\n\t"                                                                                         \
  "lsrl %[ml], %[mh], %[lost] - 1\n"                                                               \
  "18:\n\t"                                                                                        \
  "lsrl %[tl], %[th], %[lost]\n\t"                                                                 \
  "lsls %[re], %[edge], #31\n\t"                                                                   \
  "bpl 9f\n\t"                                                                                     \
  "subs %[ml], %[ml], %[tl]\n\t"                                                                   \
  "sbc %[mh], %[mh], %[th]\n"                                                                      \
  "9:\n\t"
#define OSSICLE_FRONTEND_CLOSE_LONG                                                                \
  "48:\n\t"                                                                                        \
  "lsrl %[ml], %[mh], %[lost] - 1\n\t"                                                             \
  "add %[mh], %[mh], %[carry], lsl #33 - %c[lost]\n\t"                                             \
  "b 18b\n"

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
      [last] "i"(OSSICLE_FRONTEND_LAST), [longs] "i"(OSSICLE_FRONTEND_LONG)

/* Sums the odd bins. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_sum_odd_mve(ossicle_frontend_bins bins,
                                                          ossicle_frontend_interval *interval) {
  const uint16_t *next = ossicle_frontend_odd_bins;
  OSSICLE_FRONTEND_SUM_REGISTERS;
  __asm__ volatile(
      OSSICLE_FRONTEND_NEXT_INTERVAL("#1")
      OSSICLE_FRONTEND_GO_TO(6) OSSICLE_FRONTEND_GO_TO(6)
      OSSICLE_FRONTEND_GO_TO(111) OSSICLE_FRONTEND_GO_TO(121)
      OSSICLE_FRONTEND_GO_TO(122) OSSICLE_FRONTEND_GO_TO(112)
      OSSICLE_FRONTEND_GO_TO(113) OSSICLE_FRONTEND_GO_TO(123)
      OSSICLE_FRONTEND_GO_TO(124) OSSICLE_FRONTEND_GO_TO(114)
      OSSICLE_FRONTEND_SHORT(11, "down", "-8", "up", "8") "b 8f\n"
      OSSICLE_FRONTEND_SHORT(12, "up", "8", "down", "-8")
      OSSICLE_FRONTEND_CLOSE_MVE "strd %[tl], %[th], [%[i]], #8\n\t"
      "strd %[ml], %[mh], [%[i]], #8\n\t"
      "b 1b\n"
      "6:\n\t"
      "mov %[re], #0\n\t"
      "strd %[re], %[re], [%[i]], #8\n\t"
      "strd %[re], %[re], [%[i]], #8\n\t"
      "b 1b\n"
      "40:\n\t"
      "mov %[carry], #0\n\t"
      "cmp %[edge], %[wide]\n\t"
      "bhs 20f\n\t"
      "lsrs lr, %[edge], #2\n\t"
      "beq 6b\n\t"
      "lsls %[re], %[edge], #30\n\t"
      "bmi 2f\n\t" OSSICLE_FRONTEND_FIRST_BIN("up", "8") "b 4f\n"
      "2:\n\t" OSSICLE_FRONTEND_FIRST_BIN("down", "-8") "b 5f\n"
      "3:\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8") "4:\n\t"
      "subs lr, lr, #1\n\t"
      "beq 48f\n\t" OSSICLE_FRONTEND_NEXT_BIN("down", "-8") "5:\n\t"
      "subs lr, lr, #1\n\t"
      "bne 3b\n" OSSICLE_FRONTEND_CLOSE_LONG
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
      OSSICLE_FRONTEND_NEXT_INTERVAL("#2")
      OSSICLE_FRONTEND_GO_TO(6) OSSICLE_FRONTEND_GO_TO(111) OSSICLE_FRONTEND_GO_TO(112)
      OSSICLE_FRONTEND_GO_TO(113) OSSICLE_FRONTEND_GO_TO(114) ".byte 0\n"
      OSSICLE_FRONTEND_SHORT(11, "up", "8", "up", "8")
      OSSICLE_FRONTEND_CLOSE_MVE OSSICLE_FRONTEND_ADD_CLOSED_MVE
      "b 1b\n"
      "6:\n\t"
      "add %[i], %[i], #16\n\t"
      "b 1b\n"
      "40:\n\t"
      "mov %[carry], #0\n\t"
      "cmp %[edge], %[wide]\n\t"
      "bhs 20f\n\t"
      "lsrs lr, %[edge], #2\n\t"
      "beq 6b\n\t" OSSICLE_FRONTEND_FIRST_BIN("up", "8")
      "sub lr, lr, #1\n\t"
      "wls lr, lr, 48f\n"
      "3:\n\t" OSSICLE_FRONTEND_NEXT_BIN("up", "8")
      "le lr, 3b\n" OSSICLE_FRONTEND_CLOSE_LONG
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
