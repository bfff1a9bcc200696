#include "app_vote.h"

#include "app_model.h"
#include "ossicle_protocol.h"

#if APP_HAS_VOTE

#include "app_link.h"
#include "app_marker.h"
#include "ossicle_frame.h"
#include "ossicle_vote.h"

static ossicle_vote app_vote;

void app_vote_reset(void) { ossicle_vote_reset(&app_vote); }

uint8_t app_vote_refusal(uint16_t peak) {
  return ossicle_vote_has_room(&app_vote, peak) ? 0 : OSSICLE_ERROR_BOUNDS;
}

void app_vote_add(const int8_t *output, uint16_t peak) {
  app_mark_vote_begin();
  ossicle_vote_add(&app_vote, output, peak);
  app_mark_vote_end();
}

uint8_t app_vote_answer(uint8_t sequence) {
  uint8_t head[4];
  if (app_vote.windows == 0) {
    return OSSICLE_ERROR_STATE;
  }
  app_mark_vote_begin();
  uint16_t label = ossicle_vote_label(&app_vote);
  app_mark_vote_end();
  ossicle_put_u16(head, label);
  ossicle_put_u16(head + 2, app_vote.windows);
  app_reply(OSSICLE_REPLY_VOTE, sequence, head, sizeof head, app_vote.totals,
            sizeof app_vote.totals);
  app_vote_reset();
  return 0;
}

#else /* a model without a bundle's decision does not vote */

void app_vote_reset(void) {}

uint8_t app_vote_refusal(uint16_t peak) {
  (void)peak;
  return OSSICLE_ERROR_TYPE;
}

void app_vote_add(const int8_t *output, uint16_t peak) {
  (void)output;
  (void)peak;
}

uint8_t app_vote_answer(uint8_t sequence) {
  (void)sequence;
  return OSSICLE_ERROR_TYPE;
}

#endif
