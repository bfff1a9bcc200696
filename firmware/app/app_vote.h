/* The vote of the windows since the last answer, where the program holds one. */
#ifndef APP_VOTE_H
#define APP_VOTE_H

#include <stdint.h>

/* Forgets the windows so far. */
void app_vote_reset(void);

/* Returns 0 where a window of this largest magnitude may vote, else an OSSICLE_ERROR_ code. */
uint8_t app_vote_refusal(uint16_t peak);

/* Lets a window vote that was not refused. */
void app_vote_add(const int8_t *output, uint16_t peak);

/* Answers with VOTE and forgets the windows. Returns 0, or an OSSICLE_ERROR_ code. */
uint8_t app_vote_answer(uint8_t sequence);

#endif
