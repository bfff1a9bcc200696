/* The front end on this core. Equality with the host is tests/python/device's matter; here: that
 * the columns do not depend on how the sound was cut, and that silence and loudness are as
 * promised. */
#include <string.h>

#include "ossicle_frontend.h"
#include "unity.h"

#define BANDS OSSICLE_FRONTEND_MEL_BANDS
#define SAMPLES 4410u /* a tenth of a second: 6 columns at a hop of 882 */
#define COLUMNS (1u + SAMPLES / OSSICLE_FRONTEND_HOP_LENGTH)
#define CHUNK_MAX 441u /* the front end's state leaves the smallest board's RAM little more */

static ossicle_frontend state;
static int16_t pcm[CHUNK_MAX];
static int8_t one[COLUMNS][BANDS], other[COLUMNS][BANDS];

/* The next samples of noise from a linear congruential generator (Numerical Recipes, chapter 7.1),
 * divided by `quiet`; silence when that is 0. */
static void make_sound(uint32_t *random, int32_t quiet, size_t samples) {
  for (size_t i = 0; i < samples; ++i) {
    *random = *random * 1664525u + 1013904223u;
    pcm[i] = (int16_t)(quiet == 0 ? 0 : ((int32_t)(*random >> 16) - 32768) / quiet);
  }
}

/* Keeps a column if there is room; counts it in any case. */
static void keep(const int8_t *column, int8_t columns[][BANDS], size_t *count) {
  if (*count < COLUMNS) {
    memcpy(columns[*count], column, BANDS);
  }
  ++*count;
}

/* Plays the sound in chunks of at most `chunk` samples; returns how many columns came. */
static size_t play(int32_t quiet, size_t chunk, int8_t columns[][BANDS]) {
  int8_t column[BANDS];
  uint32_t random = 1;
  size_t count = 0;
  int ready;
  ossicle_frontend_reset(&state);
  for (size_t at = 0; at < SAMPLES; at += chunk) {
    size_t size = SAMPLES - at < chunk ? SAMPLES - at : chunk;
    make_sound(&random, quiet, size);
    for (size_t taken = 0; taken < size;) {
      taken += ossicle_frontend_push(&state, pcm + taken, size - taken, column, &ready);
      if (ready) {
        keep(column, columns, &count);
      }
    }
  }
  while (ossicle_frontend_flush(&state, column)) {
    keep(column, columns, &count);
  }
  return count;
}

static void test_chunks_do_not_matter(void) {
  static const size_t chunks[] = {1, 7, 100, 440};
  TEST_ASSERT_EQUAL(COLUMNS, play(3, CHUNK_MAX, one));
  for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; ++i) {
    memset(other, 0, sizeof other);
    TEST_ASSERT_EQUAL(COLUMNS, play(3, chunks[i], other));
    TEST_ASSERT_EQUAL_MEMORY(one, other, sizeof one);
  }
}

static void test_silence_is_the_lowest_level(void) {
  TEST_ASSERT_EQUAL(COLUMNS, play(0, CHUNK_MAX, one));
  for (size_t t = 0; t < COLUMNS; ++t) {
    for (size_t band = 0; band < BANDS; ++band) {
      TEST_ASSERT_EQUAL(-128, one[t][band]);
    }
  }
}

static void test_louder_is_higher(void) {
  TEST_ASSERT_EQUAL(COLUMNS, play(100, CHUNK_MAX, one));
  TEST_ASSERT_EQUAL(COLUMNS, play(1, CHUNK_MAX, other));
  for (size_t band = 0; band < BANDS; ++band) {
    TEST_ASSERT_TRUE(other[2][band] > one[2][band]);
  }
}

int main(void) {
  UNITY_BEGIN();
  RUN_TEST(test_chunks_do_not_matter);
  RUN_TEST(test_silence_is_the_lowest_level);
  RUN_TEST(test_louder_is_higher);
  return UNITY_END();
}
