/* From the samples of a frame to the power in its mel intervals. */
#include <string.h>

#include "ossicle_frontend_internal.h"
#if defined(OSSICLE_FRONTEND_MVE)
#include "ossicle_frontend_mve.h"
#endif

/* Weighed samples have 30 bits, of which the frame keeps PEAK_BITS and, of the odd bins, one more.
 */
#define GAIN_MAX (29 - OSSICLE_FRONTEND_PEAK_BITS)

/* How far a frame may be shifted left, given the digits of its magnitudes: |sample| <= 2^bits, gain
 * + bits <= 15. */
static int32_t gain_of(uint32_t digits) {
  const int32_t gain = (int32_t)ossicle_frontend_leading_zeros((digits & 0xfffe) | 1) - 16;
  return gain < GAIN_MAX ? gain : GAIN_MAX;
}

/* A bit of a sample that differs from the next one down is a digit of the magnitude, but for the
 * lowest. */
#if defined(OSSICLE_FRONTEND_LANES)

static ossicle_frontend_value headroom(const ossicle_frontend_sample *samples) {
  ossicle_frontend_sample digits = {0};
  ossicle_frontend_value gain;
  for (uint32_t i = 0; i < OSSICLE_FRONTEND_SAMPLES; i++) {
    digits |= samples[i] ^ (samples[i] + samples[i]);
  }
  for (int l = 0; l < OSSICLE_FRONTEND_LANES; l++) {
    gain[l] = gain_of((uint16_t)digits[l]);
  }
  return gain;
}

#elif defined(OSSICLE_FRONTEND_MVE)

#define AT_ONCE 48 /* samples */

/* The largest sample to q0, the smallest to q1. */
#define COMPARE(samples) "vmax.s16 q0, q0, " samples "\n\tvmin.s16 q1, q1, " samples "\n\t"

/* The largest sample and the smallest inverted, of which neither is less than 0, have the digits of
 * all magnitudes, one bit lower. */
static int32_t headroom(const int16_t *samples) {
  int32_t largest = 0;
  int32_t smallest = -1;
  __asm__ volatile(
      "vmov.i32 q0, #0\n\t"
      "vmvn.i32 q1, #0\n\t"
      "wls lr, %[at_once], 2f\n"
      "1:\n\t"
      "vldmia %[from]!, {d4-d15}\n\t" COMPARE("q2") COMPARE("q3") COMPARE("q4") COMPARE("q5")
          COMPARE("q6") COMPARE("q7")
      "le lr, 1b\n"
      "2:\n\t"
      "wlstp.16 lr, %[rest], 4f\n"
      "3:\n\t"
      "vldrh.u16 q2, [%[from]], #16\n\t" COMPARE("q2")
      "letp lr, 3b\n"
      "4:\n\t"
      "vmaxv.s16 %[largest], q0\n\t"
      "vminv.s16 %[smallest], q1"
      : [from] "+r"(samples), [largest] "+r"(largest), [smallest] "+r"(smallest)
      : [at_once] "r"(OSSICLE_FRONTEND_SAMPLES / AT_ONCE),
        [rest] "r"(OSSICLE_FRONTEND_SAMPLES % AT_ONCE)
      : OSSICLE_FRONTEND_VECTORS, "lr", "memory");
  return gain_of((uint32_t)(largest | ~smallest) << 1);
}

#else

/* The digits of the samples of a word, in the upper bits of its halves. */
OSSICLE_FRONTEND_INLINE uint32_t digits_of(const int16_t *pair) {
  uint32_t word;
  memcpy(&word, pair, sizeof word);
  return word ^ word << 1;
}

#if defined(OSSICLE_FRONTEND_THUMB2)

#define AT_ONCE 16u

#define OR_DIGITS(word)                                                                            \
  "eor " word ", " word ", " word                                                                  \
  ", lsl #1\n\t"                                                                                   \
  "orr %[digits], %[digits], " word "\n\t"

/* One load of eight words, which compilers do not find. */
OSSICLE_FRONTEND_INLINE uint32_t digits_of_many(uint32_t digits, const int16_t *samples) {
  __asm__ volatile("ldm %[samples], {r4, r5, r6, r8, r9, r10, r11, r12}\n\t" OR_DIGITS("r4")
                       OR_DIGITS("r5") OR_DIGITS("r6") OR_DIGITS("r8") OR_DIGITS("r9")
                           OR_DIGITS("r10") OR_DIGITS("r11") OR_DIGITS("r12")
                   : [digits] "+&r"(digits)
                   : [samples] "r"(samples)
                   : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "memory");
  return digits;
}

#else

#define AT_ONCE 8u

OSSICLE_FRONTEND_INLINE uint32_t digits_of_many(uint32_t digits, const int16_t *samples) {
  digits |= digits_of(samples) | digits_of(samples + 2);
  return digits | digits_of(samples + 4) | digits_of(samples + 6);
}

#endif

static int32_t headroom(const int16_t *samples) {
  const int16_t *const end = samples + OSSICLE_FRONTEND_SAMPLES;
  const int16_t *const whole = end - OSSICLE_FRONTEND_SAMPLES % AT_ONCE;
  uint32_t digits = 0;
  for (; samples != whole; samples += AT_ONCE) {
    digits = digits_of_many(digits, samples);
  }
  for (; samples != end; samples += 2) {
    digits |= digits_of(samples);
  }
  return gain_of(digits | digits >> 16);
}

#endif

ossicle_frontend_value ossicle_frontend_analyse(const ossicle_frontend_sample *samples,
                                                ossicle_frontend_complex *points,
                                                ossicle_frontend_interval *intervals) {
  ossicle_frontend_value gain = headroom(samples);
  ossicle_frontend_fold_odd(samples, gain, points);
  ossicle_frontend_fft(points);
  ossicle_frontend_sum_odd_bins(points, intervals);
  ossicle_frontend_fold_even(samples, gain, points);
  ossicle_frontend_fft(points);
  ossicle_frontend_split(points);
  ossicle_frontend_add_even_bins(points, intervals);
  return gain;
}
