/* What a board gives to the program that runs on it. */
#ifndef OSSICLE_BOARD_H
#define OSSICLE_BOARD_H

#include <stddef.h>
#include <stdint.h>

#define OSSICLE_EXIT_FAULT                                                                         \
  70 /* exit status after a fault; python/ossicle/device/emulator.py names it */

/* Prepares the board's UART (8N1, no flow control). */
void ossicle_uart_open(void);

/* Waits for at least one byte; returns how many of at most `size` it stored. */
size_t ossicle_uart_read(uint8_t *bytes, size_t size);

/* Returns when all bytes are handed to the UART. */
void ossicle_uart_write(const uint8_t *bytes, size_t size);

/* The emulator's standard input and output, by Arm semihosting; the same three contracts, but that
 * a read of 0 bytes says that the other side has closed. */
void ossicle_semihosting_open(void);
size_t ossicle_semihosting_read(uint8_t *bytes, size_t size);
void ossicle_semihosting_write(const uint8_t *bytes, size_t size);

/* Ends the emulation with this exit status; on a board of silicon, stops. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void ossicle_board_exit(int status);

/* Bytes that the linker script gives to the stack, and how many of them were ever written to: the
 * stack is painted at reset, so a use that happens to write the paint's own value is not seen. */
uint32_t ossicle_stack_size(void);
uint32_t ossicle_stack_used(void);

#endif
