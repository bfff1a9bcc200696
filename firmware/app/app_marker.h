/* Places in time that an instruction counter can see.
 *
 * Each is a function of one instruction (a return) at an address of its own: the emulator's plugin
 * notes how many instructions have run when it is entered. Nothing else depends on them. */
#ifndef APP_MARKER_H
#define APP_MARKER_H

void app_mark_run_begin(void);
void app_mark_layer(void);
void app_mark_run_end(void);
void app_mark_frontend_begin(void);
void app_mark_frontend_end(void);
void app_mark_last_frame(void);
void app_mark_vote_begin(void);
void app_mark_vote_end(void);

#endif
