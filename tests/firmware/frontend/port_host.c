#include <stdio.h>

#include "port.h"

void port_print(const char *text) { fputs(text, stdout); }
