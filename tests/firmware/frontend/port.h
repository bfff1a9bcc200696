/* How a test program prints: stdout on the host, semihosting on an emulated Cortex-M. */
#ifndef PORT_H
#define PORT_H

void port_print(const char *text);

#endif
