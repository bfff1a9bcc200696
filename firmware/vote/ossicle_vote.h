/* One label for a longer sound: the windows of it vote (docs/votes.md).
 *
 * A window's vote is its int8 outputs, taken as levels of 0 to 255; each class has a total of 32
 * bits, and the largest wins. `ossicle_vote_rule.h`, generated from a bundle's decision.toml, says
 * how many classes there are, which rule adds a window to the totals, and what silence is. */
#ifndef OSSICLE_VOTE_H
#define OSSICLE_VOTE_H

#include <stdint.h>

#define OSSICLE_VOTE_SOFT 0 /* the sum of the levels */
#define OSSICLE_VOTE_MAJORITY                                                                      \
  1                        /* a count of the windows' largest; the sum decides between equals */
#define OSSICLE_VOTE_MAX 2 /* each class's largest level */
#define OSSICLE_VOTE_ATTENTION 3 /* the sum of the levels, each window with a learnt weight */

#include "ossicle_vote_rule.h"

/* What keeps every total within 32 bits; half an hour of windows of a second. */
#define OSSICLE_VOTE_WINDOWS_MAX 2047u

typedef struct {
  int32_t totals[OSSICLE_VOTE_CLASSES];
  uint16_t windows; /* that have voted */
  uint8_t heard;    /* one of them was not silent */
} ossicle_vote;

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a window whose largest magnitude that is reached the gate of silence. */
int ossicle_vote_is_heard(uint16_t peak);

/* Before the first window of each sound. */
void ossicle_vote_reset(ossicle_vote *vote);

/* Whether a window may vote: not if as many have as may, unless it would not count, or would be the
 * first that is not silent. */
int ossicle_vote_has_room(const ossicle_vote *vote, uint16_t peak);

/* Lets a window vote, given the model's outputs and the largest magnitude of its samples; there
 * must be room. A silent window counts only as long as no other has been heard. */
void ossicle_vote_add(ossicle_vote *vote, const int8_t *output, uint16_t peak);

/* The class with the largest total, the lowest of several. */
uint16_t ossicle_vote_label(const ossicle_vote *vote);

#ifdef __cplusplus
}
#endif

#endif
