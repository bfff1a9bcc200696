/* The APB UART of Arm's Cortex-M System Design Kit (Arm DDI 0479), on all MPS2 and MPS3 boards. */
#include "ossicle_board.h"

#define REGISTER(offset) (*(volatile uint32_t *)(OSSICLE_UART_BASE + (offset)))
#define DATA REGISTER(0x00u)
#define STATE REGISTER(0x04u)
#define CTRL REGISTER(0x08u)
#define BAUDDIV REGISTER(0x10u)

#define STATE_TX_FULL 0x1u
#define STATE_RX_FULL 0x2u
#define CTRL_TX_RX_ENABLE 0x3u

void ossicle_uart_open(void) {
  BAUDDIV = OSSICLE_CLOCK_HZ / OSSICLE_BAUD;
  CTRL = CTRL_TX_RX_ENABLE;
}

size_t ossicle_uart_read(uint8_t *bytes, size_t size) {
  size_t count = 0;
  while (count < size && (count == 0 || (STATE & STATE_RX_FULL) != 0)) {
    if ((STATE & STATE_RX_FULL) != 0) {
      bytes[count++] = (uint8_t)DATA;
    }
  }
  return count;
}

void ossicle_uart_write(const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    while ((STATE & STATE_TX_FULL) != 0) {
    }
    DATA = bytes[i];
  }
}
