/* The sums of ossicle_frontend_sums.h over four bins at once, for Helium.
 *
 * VMLALDAVA adds the squares of the four numbers of two bins to 64 bits, exactly. The totals after
 * each of four bins are four times that after the last of them, less the power of the second once,
 * of the third twice and of the last three times. So the totals after the last are summed up, and
 * so is what is taken away: the power of bins 1 and 3, and twice that of bins 2 and 3. It is no
 * more than three times the total, and fits 64 bits where that has 62. Bins that are left over are
 * added one by one.
 *
 * These are pieces of ossicle_frontend_sums_mve.h, whose operands they use; what is taken away is
 * in %[re] and %[im].
 */
#ifndef OSSICLE_FRONTEND_FOURS_MVE_H
#define OSSICLE_FRONTEND_FOURS_MVE_H

#include "ossicle_frontend_sums.h"

/* A label, and a branch to it. */
#define OSSICLE_FRONTEND_AT(label) ".L" label "%=:\n\t"
#define OSSICLE_FRONTEND_GO(branch, label) branch " .L" label "%=\n\t"

/* The next bin in rising order, and in falling order. */
#define OSSICLE_FRONTEND_NEXT_UP OSSICLE_FRONTEND_NEXT_BIN("up", "8")
#define OSSICLE_FRONTEND_NEXT_DOWN OSSICLE_FRONTEND_NEXT_BIN("down", "-8")

/* Adds to the total, and to what is taken away. */
#define OSSICLE_FRONTEND_ADD_POWER(bins) "vmlaldava.s32 %[tl], %[th], " bins ", " bins "\n\t"
#define OSSICLE_FRONTEND_TAKE_POWER(bins) "vmlaldava.s32 %[re], %[im], " bins ", " bins "\n\t"

/* The next four that lie in rising order. */
#define OSSICLE_FRONTEND_FOUR_IN_TURN                                                              \
  "vldmia %[up]!, {d0-d3}\n\t" OSSICLE_FRONTEND_ADD_POWER("q0") OSSICLE_FRONTEND_ADD_POWER("q1")   \
      OSSICLE_FRONTEND_TAKE_POWER("q1")                                                            \
          OSSICLE_FRONTEND_TAKE_POWER("q1") "vmov.f64 d0, d3\n\t" /* bins 3 and 1 */               \
      OSSICLE_FRONTEND_TAKE_POWER("q0")

/* The next four that lie by turns in rising and in falling order; %[down] is a bin too low. */
#define OSSICLE_FRONTEND_FOUR_BY_TURNS                                                             \
  "vldrw.u32 q0, [%[up]], #16\n\t"                                                                 \
  "vldrw.u32 q1, [%[down]], #-16\n\t" /* bins 3 and 1 */                                           \
      OSSICLE_FRONTEND_ADD_POWER("q0") OSSICLE_FRONTEND_ADD_POWER("q1")                            \
          OSSICLE_FRONTEND_TAKE_POWER("q1") "vmov.f64 d0, d2\n\t" /* bins 3 and 2 */               \
      OSSICLE_FRONTEND_TAKE_POWER("q0") OSSICLE_FRONTEND_TAKE_POWER("q0")

/* No total, no moment, nothing that is taken away. */
#define OSSICLE_FRONTEND_NO_SUM                                                                    \
  "mov %[tl], #0\n\t"                                                                              \
  "mov %[th], #0\n\t"                                                                              \
  "mov %[ml], #0\n\t"                                                                              \
  "mov %[mh], #0\n\t"                                                                              \
  "mov %[re], #0\n\t"                                                                              \
  "mov %[im], #0\n\t"

/* The moment after a bin ahead of the fours counts four times: thrice its power is taken away. */
#define OSSICLE_FRONTEND_TAKE_THRICE                                                               \
  "adds %[re], %[tl], %[tl]\n\t"                                                                   \
  "adc %[im], %[th], %[th]\n\t"                                                                    \
  "adds %[re], %[re], %[tl]\n\t"                                                                   \
  "adc %[im], %[im], %[th]\n\t"

/* Sums all fours; the moment is four times what it was, less what is taken away. */
#define OSSICLE_FRONTEND_SUM_FOURS(four)                                                           \
  "lsr lr, %[edge], #4\n\t"                                                                        \
  OSSICLE_FRONTEND_GO("wls lr, lr,", "no_more_fours")                                              \
  OSSICLE_FRONTEND_AT("next_four")                                                                 \
  four                                                                                             \
  "adds %[ml], %[ml], %[tl]\n\t"                                                                   \
  "adcs %[mh], %[mh], %[th]\n\t"                                                                   \
  "adc %[carry], %[carry], #0\n\t"                                                                 \
  OSSICLE_FRONTEND_GO("le lr,", "next_four")                                                       \
  OSSICLE_FRONTEND_AT("no_more_fours")                                                             \
  "lsl %[carry], %[carry], #2\n\t"                                                                 \
  "orr %[carry], %[carry], %[mh], lsr #30\n\t"                                                     \
  "lsll %[ml], %[mh], #2\n\t"                                                                      \
  "subs %[ml], %[ml], %[re]\n\t"                                                                   \
  "sbcs %[mh], %[mh], %[im]\n\t"                                                                   \
  "sbc %[carry], %[carry], #0\n\t"

/* Adds the bins that are left over, as the lower bits of their number say: two, of which `second`
 * is the second, or none, and one or none. */
#define OSSICLE_FRONTEND_ADD_REST(second)                                                          \
  "lsls %[re], %[edge], #29\n\t" OSSICLE_FRONTEND_GO("bcc", "no_two")                              \
      OSSICLE_FRONTEND_NEXT_UP second OSSICLE_FRONTEND_AT(                                         \
          "no_two") "lsls %[re], %[edge], #29\n\t" OSSICLE_FRONTEND_GO("bpl", "close_long")        \
          OSSICLE_FRONTEND_NEXT_UP OSSICLE_FRONTEND_GO("b", "close_long")

#endif
