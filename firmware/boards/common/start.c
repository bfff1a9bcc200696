/* The C half of start-up, the stack's high-water mark, and what a fault does. */
#include "ossicle_board.h"

#define OSSICLE_STACK_PAINT 0xC5C5C5C5u /* as startup.S paints it */

extern int main(void);

/* Set by the linker script. */
extern uint32_t ossicle_stack_bottom[], ossicle_stack_top[];
extern uint32_t ossicle_data_start[], ossicle_data_end[], ossicle_bss_start[], ossicle_bss_end[];
extern const uint32_t ossicle_data_load[];

void ossicle_start(void);
void ossicle_fault(void);

/* Called by startup.S. The pointers are volatile so that the compiler does not turn the loops into
 * calls of memcpy and memset, which on some C libraries need the data that is not there yet. */
void ossicle_start(void) {
  const uint32_t *load = ossicle_data_load;
  for (volatile uint32_t *word = ossicle_data_start; word < ossicle_data_end; ++word) {
    *word = *load++;
  }
  for (volatile uint32_t *word = ossicle_bss_start; word < ossicle_bss_end; ++word) {
    *word = 0;
  }
  ossicle_board_exit(main());
}

/* Every fault and stray interrupt. The stack lies at the bottom of RAM, so its overflow ends here
 * (or in a lock-up, which ends the emulator) and never in somebody's data. */
void ossicle_fault(void) { ossicle_board_exit(OSSICLE_EXIT_FAULT); }

uint32_t ossicle_stack_size(void) {
  return (uint32_t)((const uint8_t *)ossicle_stack_top - (const uint8_t *)ossicle_stack_bottom);
}

uint32_t ossicle_stack_used(void) {
  const volatile uint32_t *word = ossicle_stack_bottom;
  while (word < ossicle_stack_top && *word == OSSICLE_STACK_PAINT) {
    ++word;
  }
  return (uint32_t)((const uint8_t *)ossicle_stack_top - (const volatile uint8_t *)word);
}
