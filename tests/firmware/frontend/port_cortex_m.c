/* The least that starts a C program on an emulated Cortex-M: stack, zeroed memory, semihosting. */
#include <stdint.h>

#include "port.h"

#define SYS_WRITE0 0x04 /* semihosting: print a string */
#define SYS_EXIT 0x18
#define APPLICATION_EXIT 0x20026u

int main(void);
void reset(void);

extern uint32_t bss_begin[], bss_end[], stack_top[];

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[2] = {
    (vector)(uintptr_t)stack_top, reset};

static void semihosting(uint32_t operation, uintptr_t argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register uintptr_t r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void port_print(const char *text) { semihosting(SYS_WRITE0, (uintptr_t)text); }

static __attribute__((noinline)) void start(void) {
  for (uint32_t *word = bss_begin; word < bss_end; word++) {
    *word = 0;
  }
  (void)main();
  semihosting(SYS_EXIT, APPLICATION_EXIT);
  for (;;) {
  }
}

void reset(void) {
#ifdef __ARM_FP /* the compiler may use vector registers from here on: give access to them first   \
                 */
  *(volatile uint32_t *)0xe000ed88u |= 0xfu << 20; /* CPACR */
  __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
  start();
}
