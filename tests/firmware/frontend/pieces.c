/* Plays random and extreme numbers through each piece of the front end, and prints a sum of what
 * comes out, a line a trial: cores whose pieces are written for them must print what a host does.
 */
#include <stddef.h>
#include <string.h>

#include "ossicle_frontend_internal.h"
#include "port.h"

#define POINTS OSSICLE_FRONTEND_POINTS
#define WORDS (2 * POINTS)
#define TRIALS 12u
#define INTERVALS (OSSICLE_FRONTEND_MEL_BANDS + 1u)

static ossicle_frontend state;
static int32_t numbers[WORDS];
static uint32_t random_state;

/* A linear congruential generator (Numerical Recipes, chapter 7.1). */
static int32_t next_random(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return (int32_t)(random_state ^ random_state >> 15);
}

/* FNV-1a. */
static uint32_t sum_of(uint32_t sum, uint32_t word) {
  for (int byte = 0; byte < 4; byte++, word >>= 8) {
    sum = (sum ^ (word & 255u)) * 16777619u;
  }
  return sum;
}

static void print(const char *piece, uint32_t sum) {
  char text[10] = {' '};
  for (int digit = 0; digit < 8; digit++) {
    text[1 + digit] = "0123456789abcdef"[sum >> (28 - 4 * digit) & 15u];
  }
  port_print(piece);
  port_print(text);
  port_print("\n");
}

/* Trials 0 to 2 are random, of 31 - lost bits and fewer; then come few numbers, which are powers of
 * two and their neighbours, then all numbers at an end, with signs in stripes, and alike: what hits
 * the middle between two roundings, and what is largest. */
static void make_numbers(uint32_t trial, uint32_t lost) {
  const int32_t end = INT32_MAX >> lost;
  for (uint32_t i = 0; i < WORDS; i++) {
    const int32_t random = next_random();
    const int32_t power = (int32_t)(1u << (uint32_t)(random & 31) % (31u - lost));
    const int32_t sparse = random % 7 == 0 ? power + random / 64 % 2 : 0;
    const int32_t stripe = (i >> trial % 8u & 1u) != 0 ? end : -end;
    numbers[i] = trial < 3 ? random >> lost >> 5u * trial : trial < 6 ? sparse : stripe;
  }
  if (trial == TRIALS - 1) {
    memset(numbers, 0, sizeof numbers);
    numbers[POINTS / 2] = end;
  }
}

/* Where the real part of point n of the FFT lies, and how many words on its imaginary part. */
static int32_t *place_of(int n) {
#if defined(OSSICLE_FRONTEND_MVE)
  return &state.spectrum[0].re + ossicle_frontend_order[n];
#else
  return &state.spectrum[ossicle_frontend_order[n]].re;
#endif
}

#if defined(OSSICLE_FRONTEND_MVE)
#define TO_IMAGINARY 4
#else
#define TO_IMAGINARY 1
#endif

static uint32_t sum_of_places(void) {
  uint32_t sum = 2166136261u;
  for (int n = 0; n < POINTS; n++) {
    sum = sum_of(sum_of(sum, (uint32_t)place_of(n)[0]), (uint32_t)place_of(n)[TO_IMAGINARY]);
  }
  return sum;
}

/* But for point 0, which carries no weight. */
static uint32_t sum_of_points(void) {
  uint32_t sum = 2166136261u;
  for (int n = 1; n < POINTS; n++) {
    sum = sum_of(sum, (uint32_t)state.spectrum[n].re);
    sum = sum_of(sum, (uint32_t)state.spectrum[n].im);
  }
  return sum;
}

static uint32_t sum_of_intervals(void) {
  uint32_t sum = 2166136261u;
  for (uint32_t i = 0; i < INTERVALS; i++) {
    const ossicle_frontend_interval *at = &state.intervals[i];
    sum = sum_of(sum_of(sum, (uint32_t)at->total), (uint32_t)(at->total >> 32));
    sum = sum_of(sum_of(sum, (uint32_t)at->moment), (uint32_t)(at->moment >> 32));
  }
  return sum;
}

static void try_fold(uint32_t trial) {
  const int32_t gain = (int32_t)(trial % 3u);
  make_numbers(trial, 0);
  for (uint32_t i = 0; i < OSSICLE_FRONTEND_SAMPLES; i++) {
    const int32_t number = numbers[i % WORDS] >> (16 + gain);
    state.samples[i] = (int16_t)(trial == 5 ? INT16_MIN >> gain : number);
  }
  ossicle_frontend_fold_odd(state.samples, gain, state.spectrum);
  print("odd points", sum_of_places());
  ossicle_frontend_fold_even(state.samples, gain, state.spectrum);
  print("even points", sum_of_places());
}

/* 2^PEAK_BITS times the points, over 2^halvings, fits: less than 2^24 each are never too many. */
static void try_fft(uint32_t trial) {
  make_numbers(trial, trial < 3 || trial > 5 ? 8 : 3);
  for (int n = 0; n < POINTS; n++) {
    place_of(n)[0] = numbers[2 * n];
    place_of(n)[TO_IMAGINARY] = numbers[2 * n + 1];
  }
  ossicle_frontend_fft(state.spectrum);
  print("fft", sum_of_points());
}

static void fill_points(uint32_t trial, uint32_t lost) {
  make_numbers(trial, lost);
  for (int n = 0; n < POINTS; n++) {
    state.spectrum[n].re = numbers[2 * n];
    state.spectrum[n].im = numbers[2 * n + 1];
  }
}

static void try_split(uint32_t trial) {
  fill_points(trial, 2);
  ossicle_frontend_split(state.spectrum);
  print("split", sum_of_points());
}

static void try_sums(uint32_t trial) {
  fill_points(trial, 4);
  ossicle_frontend_sum_odd_bins(state.spectrum, state.intervals);
  print("odd bins", sum_of_intervals());
  ossicle_frontend_add_even_bins(state.spectrum, state.intervals);
  print("even bins", sum_of_intervals());
}

static void try_analysis(uint32_t trial) {
  make_numbers(trial, 0);
  for (uint32_t i = 0; i < OSSICLE_FRONTEND_SAMPLES; i++) {
    state.samples[i] = (int16_t)(numbers[i % WORDS] >> (16u + trial) >> trial % 3u);
  }
  const int32_t gain = ossicle_frontend_analyse(state.samples, state.spectrum, state.intervals);
  print("gain", (uint32_t)gain);
  print("analysis", sum_of_intervals());
}

int main(void) {
  for (uint32_t trial = 0; trial < TRIALS; trial++) {
    try_fold(trial);
    try_fft(trial);
    try_split(trial);
    try_sums(trial);
    try_analysis(trial);
  }
  return 0;
}
