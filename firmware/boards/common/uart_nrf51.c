/* The UART of the nRF51 series (Nordic, nRF51 Series Reference Manual 3.0, chapter 29). */
#include "ossicle_board.h"

#define REGISTER(offset) (*(volatile uint32_t *)(OSSICLE_UART_BASE + (offset)))
#define STARTRX REGISTER(0x000u)
#define STARTTX REGISTER(0x008u)
#define RXDRDY REGISTER(0x108u)
#define TXDRDY REGISTER(0x11Cu)
#define ENABLE REGISTER(0x500u)
#define PSELTXD REGISTER(0x50Cu)
#define PSELRXD REGISTER(0x514u)
#define RXD REGISTER(0x518u)
#define TXD REGISTER(0x51Cu)
#define BAUDRATE REGISTER(0x524u)

/* The pins that lead to the micro:bit's USB interface. */
#define PIN_TX 24u
#define PIN_RX 25u

void ossicle_uart_open(void) {
  PSELTXD = PIN_TX;
  PSELRXD = PIN_RX;
  /* The register holds baud * 2^32 / 16 MHz, of which the low 12 bits are not used. */
  BAUDRATE = (uint32_t)(((uint64_t)OSSICLE_BAUD << 32) / OSSICLE_CLOCK_HZ + 0x800u) & 0xFFFFF000u;
  ENABLE = 4u;
  STARTTX = 1u;
  STARTRX = 1u;
}

size_t ossicle_uart_read(uint8_t *bytes, size_t size) {
  size_t count = 0;
  while (count < size && (count == 0 || RXDRDY != 0)) {
    if (RXDRDY != 0) {
      RXDRDY = 0; /* before the read: reading may bring the next byte up, which sets it again */
      bytes[count++] = (uint8_t)RXD;
    }
  }
  return count;
}

void ossicle_uart_write(const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    TXDRDY = 0;
    TXD = bytes[i];
    while (TXDRDY == 0) {
    }
  }
}
