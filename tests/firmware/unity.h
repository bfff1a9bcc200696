/* The few macros of the Unity test framework (ThrowTheSwitch.org) that these tests use, with its
 * output format: one line `file:line:test:PASS` a test, then a summary, which PlatformIO reads. */
#ifndef UNITY_H
#define UNITY_H

#include <stddef.h>
#include <stdint.h>

#define UNITY_FAILED 100 /* PlatformIO takes small exit statuses for signals */

typedef void (*unity_test)(void);

void unity_begin(void);
void unity_run(unity_test test, const char *name, const char *file, int line);
int unity_end(void); /* returns the exit status: 0, or UNITY_FAILED when a test failed */

/* Each fails the running test at most once; the test ends at its own end. */
void unity_check(int holds, const char *what, int line);
void unity_equal(int64_t expected, int64_t actual, const char *what, int line);
void unity_equal_memory(const void *expected, const void *actual, size_t size, const char *what,
                        int line);

#define UNITY_BEGIN() unity_begin()
#define UNITY_END() unity_end()
#define RUN_TEST(test) unity_run(test, #test, __FILE__, __LINE__)
#define TEST_ASSERT_TRUE(holds) unity_check((holds) != 0, #holds, __LINE__)
#define TEST_ASSERT_EQUAL(expected, actual)                                                        \
  unity_equal((int64_t)(expected), (int64_t)(actual), #actual, __LINE__)
#define TEST_ASSERT_EQUAL_MEMORY(expected, actual, size)                                           \
  unity_equal_memory(expected, actual, size, #actual, __LINE__)

#endif
