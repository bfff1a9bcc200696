#include "unity.h"

#include <string.h>

#include "ossicle_board.h"

static struct {
  const char *name, *file;
  int tests, failures;
  int failed; /* the running test has failed already */
} state;

static void print(const char *text) {
  ossicle_semihosting_write((const uint8_t *)text, strlen(text));
}

static void print_number(int64_t number) {
  char digits[21]; /* 19 digits, a sign, the end */
  char *at = digits + sizeof digits - 1;
  uint64_t rest = number < 0 ? 0u - (uint64_t)number : (uint64_t)number;
  *at = '\0';
  do {
    *--at = (char)('0' + rest % 10u);
    rest /= 10u;
  } while (rest != 0);
  if (number < 0) {
    *--at = '-';
  }
  print(at);
}

static void print_place(int line) {
  print(state.file);
  print(":");
  print_number(line);
  print(":");
  print(state.name);
}

void unity_begin(void) {
  ossicle_semihosting_open();
  state.tests = 0;
  state.failures = 0;
}

void unity_run(unity_test test, const char *name, const char *file, int line) {
  state.name = name;
  state.file = file;
  state.failed = 0;
  ++state.tests;
  test();
  if (state.failed) {
    ++state.failures;
  } else {
    print_place(line);
    print(":PASS\n");
  }
}

/* Prints the head of a failure; returns 0 when the test has failed before. */
static int fail(const char *what, int line) {
  if (state.failed) {
    return 0;
  }
  state.failed = 1;
  print_place(line);
  print(":FAIL: ");
  print(what);
  return 1;
}

void unity_check(int holds, const char *what, int line) {
  if (!holds && fail(what, line)) {
    print(" does not hold\n");
  }
}

void unity_equal(int64_t expected, int64_t actual, const char *what, int line) {
  if (expected != actual && fail(what, line)) {
    print(" is ");
    print_number(actual);
    print(", not ");
    print_number(expected);
    print("\n");
  }
}

void unity_equal_memory(const void *expected, const void *actual, size_t size, const char *what,
                        int line) {
  const uint8_t *want = expected, *have = actual;
  for (size_t i = 0; i < size; ++i) {
    if (want[i] != have[i] && fail(what, line)) {
      print(" differs at byte ");
      print_number((int64_t)i);
      print("\n");
    }
  }
}

int unity_end(void) {
  print("-----------------------\n");
  print_number(state.tests);
  print(" Tests ");
  print_number(state.failures);
  print(" Failures 0 Ignored\n");
  print(state.failures == 0 ? "OK\n" : "FAIL\n");
  return state.failures == 0 ? 0 : UNITY_FAILED;
}
