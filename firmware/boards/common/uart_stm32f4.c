/* USART1 of the STM32F405 on PA9 and PA10 (ST, RM0090: chapters 7 RCC, 8 GPIO, 30 USART). */
#include "ossicle_board.h"

#define WORD(address) (*(volatile uint32_t *)(address))
#define RCC_AHB1ENR WORD(0x40023830u)
#define RCC_APB2ENR WORD(0x40023844u)
#define GPIOA_MODER WORD(0x40020000u)
#define GPIOA_AFRH WORD(0x40020024u)
#define USART_SR WORD(OSSICLE_UART_BASE + 0x00u)
#define USART_DR WORD(OSSICLE_UART_BASE + 0x04u)
#define USART_BRR WORD(OSSICLE_UART_BASE + 0x08u)
#define USART_CR1 WORD(OSSICLE_UART_BASE + 0x0Cu)

#define SR_RXNE 0x20u
#define SR_TXE 0x80u
#define CR1_UE_TE_RE 0x200Cu
#define RESET_CLOCK_HZ                                                                             \
  16000000u /* the internal oscillator, which drives everything after reset                        \
             */

void ossicle_uart_open(void) {
  RCC_AHB1ENR |= 1u;                                          /* clock of GPIOA */
  RCC_APB2ENR |= 1u << 4;                                     /* clock of USART1 */
  GPIOA_MODER = (GPIOA_MODER & ~(0xFu << 18)) | (0xAu << 18); /* pins 9 and 10: alternate ... */
  GPIOA_AFRH = (GPIOA_AFRH & ~(0xFFu << 4)) | (0x77u << 4);   /* ... function 7, USART1 */
  USART_BRR = (RESET_CLOCK_HZ + OSSICLE_BAUD / 2u) / OSSICLE_BAUD;
  USART_CR1 = CR1_UE_TE_RE;
}

size_t ossicle_uart_read(uint8_t *bytes, size_t size) {
  size_t count = 0;
  while (count < size && (count == 0 || (USART_SR & SR_RXNE) != 0)) {
    if ((USART_SR & SR_RXNE) != 0) {
      bytes[count++] = (uint8_t)USART_DR;
    }
  }
  return count;
}

void ossicle_uart_write(const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    while ((USART_SR & SR_TXE) == 0) {
    }
    USART_DR = bytes[i];
  }
}
