/* What start-up promises: initialised data, cleared data, a painted stack, FPU and Helium. */
#include <string.h>

#include "ossicle_board.h"
#include "unity.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
#endif

static volatile uint32_t initialised = 0x12345678u;
static volatile uint32_t cleared[4];
static volatile uint64_t aligned = 1; /* 8 bytes: the linker script must keep the alignment */

static void test_data_is_initialised_and_bss_cleared(void) {
  TEST_ASSERT_EQUAL(0x12345678u, initialised);
  TEST_ASSERT_EQUAL(1, aligned);
  for (size_t i = 0; i < 4; ++i) {
    TEST_ASSERT_EQUAL(0, cleared[i]);
  }
}

__attribute__((noinline)) static void use_stack(uint8_t value) {
  volatile uint8_t bytes[1024];
  for (size_t i = 0; i < sizeof bytes; ++i) {
    bytes[i] = value;
  }
}

static void test_the_high_water_mark_sees_a_use_of_1024_bytes(void) {
  uint32_t before = ossicle_stack_used();
  TEST_ASSERT_TRUE(before > 0 && before < 1000u); /* else the next step shows nothing */
  use_stack(0);
  uint32_t after = ossicle_stack_used();
  TEST_ASSERT_TRUE(after >= 1024u && after <= before + 1024u + 64u);
  TEST_ASSERT_TRUE(after < ossicle_stack_size());
}

#if defined(__ARM_FP)
static void test_the_fpu_computes(void) {
  volatile float three = 3.0f, seven = 7.0f;
  TEST_ASSERT_EQUAL(21, (int32_t)(three * seven));
}
#endif

#if defined(__ARM_FEATURE_MVE)
static void test_helium_computes(void) {
  static const int8_t a[16] = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -128};
  int32_t expected = 0;
  for (size_t i = 0; i < 16; ++i) {
    expected += a[i] * a[i];
  }
  TEST_ASSERT_EQUAL(expected, vmladavq_s8(vldrbq_s8(a), vldrbq_s8(a)));
}
#endif

int main(void) {
  UNITY_BEGIN();
  RUN_TEST(test_data_is_initialised_and_bss_cleared);
  RUN_TEST(test_the_high_water_mark_sees_a_use_of_1024_bytes);
#if defined(__ARM_FP)
  RUN_TEST(test_the_fpu_computes);
#endif
#if defined(__ARM_FEATURE_MVE)
  RUN_TEST(test_helium_computes);
#endif
  return UNITY_END();
}
