/* Proves, on the very device, that it computes what the host computed.
 *
 * A window of made sound, loud and faint, goes through front end and model; checksums of every
 * column of features, of every layer and of the outputs must be those that the host found when the
 * library was generated. So a compiler's fault, a wrong flag, a damaged flash or another version of
 * a file is found by a call at start-up, with no host at hand.
 */
#ifndef OSSICLE_SELF_TEST_H
#define OSSICLE_SELF_TEST_H

#include "ossicle_listener.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  OSSICLE_SELF_TEST_PASSED = 0,
  OSSICLE_SELF_TEST_FEATURES_DIFFER = 1,
  OSSICLE_SELF_TEST_LAYERS_DIFFER = 2, /* not asked where the model hears column by column */
  OSSICLE_SELF_TEST_OUTPUTS_DIFFER = 3
} ossicle_self_test_result;

/* Takes as long as two windows are computed; leaves the listener reset. `arena` as
 * ossicle_listener_reset has it. */
ossicle_self_test_result ossicle_self_test(ossicle_listener *listener, void *arena);

#ifdef __cplusplus
}
#endif

#endif
