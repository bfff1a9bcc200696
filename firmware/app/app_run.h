/* The model: its arena, and one inference with what the host asked to see of it. */
#ifndef APP_RUN_H
#define APP_RUN_H

#include <stdint.h>

/* Begins a new sequence: what layers of the model keep from run to run is set to zeros. */
void app_run_reset(void);

/* The model's input tensor in the arena; OSSICLE_MODEL_INPUT_BYTES long. */
int8_t *app_input(void);

/* The model hears a column of features and computes at once what it completes; the input as a whole
 * is never there. Only where OSSICLE_MODEL_STREAMS; columns beyond those that the model looks at
 * are nothing to it. */
void app_run_hear(const int8_t *column);

/* Runs the model on the input that lies in the arena, and sends FEATURES, LAYER and OUTPUT frames
 * as the OSSICLE_RUN_ flags ask, then RESULT. Planning may let layers overwrite the input: it is
 * sent before the run, and spent after it. Where the model has heard the input column by column,
 * only the answer is left to send. */
void app_run(uint8_t sequence, uint8_t flags);

#endif
