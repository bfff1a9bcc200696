/* CRC-32 of IEEE 802.3: polynomial 0x04C11DB7, bits reflected, start and final value inverted. */
#ifndef OSSICLE_CRC32_H
#define OSSICLE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Returns the CRC-32 of `size` bytes that follow bytes of CRC-32 `crc` (0 for none):
 * crc32(crc32(0, a), b) == crc32(0, a followed by b). */
uint32_t ossicle_crc32(uint32_t crc, const void *bytes, size_t size);

#endif
