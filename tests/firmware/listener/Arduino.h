/* Stands in for Arduino's headers where there is no board: a serial port to stdout. */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>

struct StandInSerial {
  void begin(long) {}
  void print(const char *text) { std::fputs(text, stdout); }
  void println(const char *text) { std::puts(text); }
  void println(int number) { std::printf("%d\n", number); }
};
extern StandInSerial Serial;

/* Nothing goes on after a stop. */
inline void delay(unsigned long) { std::exit(1); }

void setup();
void loop();

#endif
