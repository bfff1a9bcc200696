/* The sums of ossicle_frontend_sums.h over all mel intervals, for Helium.
 *
 * Short intervals, of four bins at most, are summed without a loop; others four bins at once
 * (ossicle_frontend_fours_mve.h). All are one piece of assembly, because compilers move the words
 * of 64 bits about, and run out of registers. A total has 62 bits at most, so that four of them,
 * and the moment of a short interval, fit 64 bits.
 *
 * A number of the table says an interval: 4 times its bins, plus 2 where the first of them lies in
 * falling order, plus 1 where the first behind them lies beyond its end.
 */
#ifndef OSSICLE_FRONTEND_SUMS_MVE_H
#define OSSICLE_FRONTEND_SUMS_MVE_H

#include "ossicle_frontend_fours_mve.h"
#include "ossicle_frontend_mve.h"

/* The number from which on an interval is long, and that behind the last interval. */
#define OSSICLE_FRONTEND_LONG (4 * 5)
#define OSSICLE_FRONTEND_LAST 0xff00

#define OSSICLE_FRONTEND_FIRST_UP OSSICLE_FRONTEND_FIRST_BIN("up", "8")
#define OSSICLE_FRONTEND_FIRST_DOWN OSSICLE_FRONTEND_FIRST_BIN("down", "-8")

/* A further bin of a short interval. */
#define OSSICLE_FRONTEND_SHORT_BIN(bin, step)                                                      \
  "ldrd %[re], %[im], [%[" bin "]], #" step                                                        \
  "\n\t"                                                                                           \
  "smlal %[tl], %[th], %[re], %[re]\n\t"                                                           \
  "smlal %[tl], %[th], %[im], %[im]\n\t"                                                           \
  "adds %[ml], %[ml], %[tl]\n\t"                                                                   \
  "adc %[mh], %[mh], %[th]\n\t"
#define OSSICLE_FRONTEND_SHORT_UP OSSICLE_FRONTEND_SHORT_BIN("up", "8")
#define OSSICLE_FRONTEND_SHORT_DOWN OSSICLE_FRONTEND_SHORT_BIN("down", "-8")

/* One to four bins, of which the last is `last` or, where it is also the first, `only`. */
#define OSSICLE_FRONTEND_SHORT(order, first, next, only, last)                                     \
  OSSICLE_FRONTEND_AT(order "1")                                                                   \
  only OSSICLE_FRONTEND_GO("b", "close") OSSICLE_FRONTEND_AT(order "2")                            \
      first OSSICLE_FRONTEND_GO("b", order "_last") OSSICLE_FRONTEND_AT(order "3")                 \
          only OSSICLE_FRONTEND_GO("b", order "_last_two") OSSICLE_FRONTEND_AT(order "4")          \
              first last                                                                           \
              OSSICLE_FRONTEND_AT(order "_last_two") next OSSICLE_FRONTEND_AT(order "_last") last

/* Goes to a long interval, or by a table of half distances to where a short one is summed. */
#define OSSICLE_FRONTEND_NEXT_INTERVAL(index)                                                      \
  OSSICLE_FRONTEND_AT("next_interval")                                                             \
  "ldrh %[edge], [%[next]], #2\n\t"                                                                \
  "cmp %[edge], %[long_from]\n\t" OSSICLE_FRONTEND_GO(                                             \
      "bhs", "long") "lsr %[re], %[edge], " index                                                  \
                     "\n\t"                                                                        \
                     "tbb [pc, %[re]]\n\t" OSSICLE_FRONTEND_AT("table")
#define OSSICLE_FRONTEND_ENTRY(label) ".byte (.L" label "%= - .Ltable%=) / 2\n\t"

/* A long interval, or the end of all. */
#define OSSICLE_FRONTEND_LONG_INTERVAL                                                             \
  OSSICLE_FRONTEND_AT("long")                                                                      \
  "cmp %[edge], %[last]\n\t" OSSICLE_FRONTEND_GO("beq", "end") OSSICLE_FRONTEND_NO_SUM             \
      "mov %[carry], #0\n\t"

/* What is left of both sums when they lose bits. The moment of a long interval has a carry. */
#define OSSICLE_FRONTEND_CLOSE_MVE                                                                 \
  OSSICLE_FRONTEND_AT("close")                                                                     \
  "lsrl %[ml], %[mh], %[lost] - 1\n\t"                                                             \
  OSSICLE_FRONTEND_AT("close_total")                                                               \
  "lsrl %[tl], %[th], %[lost]\n\t"                                                                 \
  "lsls %[re], %[edge], #31\n\t"                                                                   \
  OSSICLE_FRONTEND_GO("bpl", "closed")                                                             \
  "subs %[ml], %[ml], %[tl]\n\t"                                                                   \
  "sbc %[mh], %[mh], %[th]\n\t"                                                                    \
  OSSICLE_FRONTEND_AT("closed")
#define OSSICLE_FRONTEND_CLOSE_LONG                                                                \
  OSSICLE_FRONTEND_AT("close_long")                                                                \
  "lsrl %[ml], %[mh], %[lost] - 1\n\t"                                                             \
  "add %[mh], %[mh], %[carry], lsl #33 - %c[lost]\n\t" OSSICLE_FRONTEND_GO("b", "close_total")

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
  [lost] "i"(OSSICLE_FRONTEND_LOST), [last] "i"(OSSICLE_FRONTEND_LAST),                            \
      [long_from] "i"(OSSICLE_FRONTEND_LONG)

/* Sums the odd bins: those in rising order and those in falling order by turns. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_sum_odd_mve(ossicle_frontend_bins bins,
                                                          ossicle_frontend_interval *interval) {
  const uint16_t *next = ossicle_frontend_odd_bins;
  OSSICLE_FRONTEND_SUM_REGISTERS;
  __asm__ volatile(
      OSSICLE_FRONTEND_NEXT_INTERVAL("#1")
      OSSICLE_FRONTEND_ENTRY("empty") OSSICLE_FRONTEND_ENTRY("empty")
      OSSICLE_FRONTEND_ENTRY("up1") OSSICLE_FRONTEND_ENTRY("down1")
      OSSICLE_FRONTEND_ENTRY("down2") OSSICLE_FRONTEND_ENTRY("up2")
      OSSICLE_FRONTEND_ENTRY("up3") OSSICLE_FRONTEND_ENTRY("down3")
      OSSICLE_FRONTEND_ENTRY("down4") OSSICLE_FRONTEND_ENTRY("up4")
      OSSICLE_FRONTEND_SHORT("up", OSSICLE_FRONTEND_FIRST_DOWN, OSSICLE_FRONTEND_SHORT_DOWN,
                             OSSICLE_FRONTEND_FIRST_UP, OSSICLE_FRONTEND_SHORT_UP)
      OSSICLE_FRONTEND_GO("b", "close")
      OSSICLE_FRONTEND_SHORT("down", OSSICLE_FRONTEND_FIRST_UP, OSSICLE_FRONTEND_SHORT_UP,
                             OSSICLE_FRONTEND_FIRST_DOWN, OSSICLE_FRONTEND_SHORT_DOWN)
      OSSICLE_FRONTEND_CLOSE_MVE
      "strd %[tl], %[th], [%[i]], #8\n\t"
      "strd %[ml], %[mh], [%[i]], #8\n\t"
      OSSICLE_FRONTEND_GO("b", "next_interval")
      OSSICLE_FRONTEND_AT("empty")
      "mov %[re], #0\n\t"
      "strd %[re], %[re], [%[i]], #8\n\t"
      "strd %[re], %[re], [%[i]], #8\n\t"
      OSSICLE_FRONTEND_GO("b", "next_interval")
      OSSICLE_FRONTEND_LONG_INTERVAL
      "lsls lr, %[edge], #30\n\t"
      OSSICLE_FRONTEND_GO("bpl", "fours")
      OSSICLE_FRONTEND_FIRST_DOWN
      OSSICLE_FRONTEND_TAKE_THRICE
      "sub %[edge], %[edge], #4\n\t"
      OSSICLE_FRONTEND_AT("fours")
      "sub %[down], %[down], #8\n\t"
      OSSICLE_FRONTEND_SUM_FOURS(OSSICLE_FRONTEND_FOUR_BY_TURNS)
      "add %[down], %[down], #8\n\t"
      OSSICLE_FRONTEND_ADD_REST(OSSICLE_FRONTEND_NEXT_DOWN)
      OSSICLE_FRONTEND_CLOSE_LONG
      OSSICLE_FRONTEND_AT("end")
      : OSSICLE_FRONTEND_SUM_OPERANDS, [down] "+&r"(bins.down)
      : OSSICLE_FRONTEND_SUM_INPUTS
      : "q0", "q1", "lr", "cc", "memory");
}

/* Adds the even bins, which lie in rising order. The 128 bits of an interval are one number to
 * VADC, since no total carries. */
OSSICLE_FRONTEND_INLINE void ossicle_frontend_add_even_mve(ossicle_frontend_bins bins,
                                                           ossicle_frontend_interval *interval) {
  const uint16_t *next = ossicle_frontend_even_bins;
  OSSICLE_FRONTEND_SUM_REGISTERS;
  __asm__ volatile(
      OSSICLE_FRONTEND_NEXT_INTERVAL("#2") OSSICLE_FRONTEND_ENTRY("empty")
          OSSICLE_FRONTEND_ENTRY("up1") OSSICLE_FRONTEND_ENTRY("up2") OSSICLE_FRONTEND_ENTRY("up3")
              OSSICLE_FRONTEND_ENTRY("up4") ".byte 0\n\t" OSSICLE_FRONTEND_SHORT(
                  "up", OSSICLE_FRONTEND_FIRST_UP, OSSICLE_FRONTEND_SHORT_UP,
                  OSSICLE_FRONTEND_FIRST_UP, OSSICLE_FRONTEND_SHORT_UP) OSSICLE_FRONTEND_CLOSE_MVE
      "vmov q0[2], q0[0], %[tl], %[ml]\n\t"
      "vmov q0[3], q0[1], %[th], %[mh]\n\t"
      "vldrw.u32 q1, [%[i]]\n\t"
      "vadci.i32 q0, q0, q1\n\t"
      "vstrw.32 q0, [%[i]], #16\n\t" OSSICLE_FRONTEND_GO("b", "next_interval") OSSICLE_FRONTEND_AT(
          "empty") "add %[i], %[i], #16\n\t" OSSICLE_FRONTEND_GO("b", "next_interval")
          OSSICLE_FRONTEND_LONG_INTERVAL OSSICLE_FRONTEND_SUM_FOURS(OSSICLE_FRONTEND_FOUR_IN_TURN)
              OSSICLE_FRONTEND_ADD_REST(OSSICLE_FRONTEND_NEXT_UP)
                  OSSICLE_FRONTEND_CLOSE_LONG OSSICLE_FRONTEND_AT("end")
      : OSSICLE_FRONTEND_SUM_OPERANDS
      : OSSICLE_FRONTEND_SUM_INPUTS
      : "q0", "q1", "lr", "cc", "memory");
}

#endif
