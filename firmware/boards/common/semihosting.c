/* Arm semihosting ("Semihosting for AArch32 and AArch64", Arm, version 2.0): the few calls needed.
 */
#include "ossicle_board.h"

#define SYS_OPEN 0x01
#define SYS_WRITE 0x05
#define SYS_READ 0x06
#define SYS_EXIT_EXTENDED 0x20

#define OPEN_READ_BINARY 1u  /* the mode numbers of SYS_OPEN: "rb" */
#define OPEN_WRITE_BINARY 5u /* and "wb" */
#define STOPPED_APPLICATION_EXIT 0x20026u

static uint32_t console_in, console_out;

/* On M-profile cores the call is BKPT 0xAB: operation in r0, address of its arguments in r1. */
static uint32_t semihosting(uint32_t operation, const uint32_t *arguments) {
  register uint32_t r0 __asm__("r0") = operation;
  register const uint32_t *r1 __asm__("r1") = arguments;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

static uint32_t address(const void *pointer) { return (uint32_t)(uintptr_t)pointer; }

static uint32_t open_console(uint32_t mode) {
  static const char name[] = ":tt";
  const uint32_t arguments[3] = {address(name), mode, sizeof name - 1u};
  return semihosting(SYS_OPEN, arguments);
}

void ossicle_semihosting_open(void) {
  console_in = open_console(OPEN_READ_BINARY);
  console_out = open_console(OPEN_WRITE_BINARY);
}

size_t ossicle_semihosting_read(uint8_t *bytes, size_t size) {
  const uint32_t arguments[3] = {console_in, address(bytes), size};
  uint32_t missing = semihosting(SYS_READ, arguments);
  return missing <= size ? size - missing : 0;
}

void ossicle_semihosting_write(const uint8_t *bytes, size_t size) {
  while (size > 0) {
    const uint32_t arguments[3] = {console_out, address(bytes), size};
    uint32_t missing = semihosting(SYS_WRITE, arguments);
    if (missing > size) {
      ossicle_board_exit(OSSICLE_EXIT_FAULT);
    }
    bytes += size - missing;
    size = missing;
  }
}

void ossicle_board_exit(int status) {
  const uint32_t arguments[2] = {STOPPED_APPLICATION_EXIT, (uint32_t)status};
  for (;;) {
    (void)semihosting(SYS_EXIT_EXTENDED, arguments);
  }
}
