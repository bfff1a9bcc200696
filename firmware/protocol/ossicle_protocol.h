/* The messages that a host and a device exchange (docs/protocol.md says what each holds).
 *
 * This header is the only list of them for the firmware; python/ossicle/device/protocol.py holds
 * the host's, and a test compares the two. */
#ifndef OSSICLE_PROTOCOL_H
#define OSSICLE_PROTOCOL_H

#define OSSICLE_PROTOCOL_VERSION 2u

/* host to device */
#define OSSICLE_REQUEST_HELLO 0x01u
#define OSSICLE_REQUEST_PCM 0x02u
#define OSSICLE_REQUEST_INPUT 0x03u
#define OSSICLE_REQUEST_RUN 0x04u
#define OSSICLE_REQUEST_STATISTICS 0x05u
#define OSSICLE_REQUEST_RESET 0x06u
#define OSSICLE_REQUEST_BYE 0x07u
#define OSSICLE_REQUEST_VOTE 0x08u

/* device to host */
#define OSSICLE_REPLY_HELLO 0x81u
#define OSSICLE_REPLY_ACK 0x82u
#define OSSICLE_REPLY_ERROR 0x83u
#define OSSICLE_REPLY_FEATURES 0x84u
#define OSSICLE_REPLY_LAYER 0x85u
#define OSSICLE_REPLY_OUTPUT 0x86u
#define OSSICLE_REPLY_RESULT 0x87u
#define OSSICLE_REPLY_STATISTICS 0x88u
#define OSSICLE_REPLY_VOTE 0x89u

/* flags of RUN */
#define OSSICLE_RUN_FEATURES 0x01u
#define OSSICLE_RUN_LAYERS 0x02u
#define OSSICLE_RUN_MARK_LAYERS 0x04u
#define OSSICLE_RUN_VOTE 0x08u
#define OSSICLE_RUN_FLAGS 0x0fu

/* codes of ERROR */
#define OSSICLE_ERROR_DAMAGED 1u
#define OSSICLE_ERROR_TRUNCATED 2u
#define OSSICLE_ERROR_OVERSIZED 3u
#define OSSICLE_ERROR_SEQUENCE 4u
#define OSSICLE_ERROR_TYPE 5u
#define OSSICLE_ERROR_STATE 6u
#define OSSICLE_ERROR_BOUNDS 7u

#endif
