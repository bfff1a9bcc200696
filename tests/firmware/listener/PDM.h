/* Stands in for Arduino's PDM library: the microphone hears stdin, and interrupts when it is told.
 */
#ifndef PDM_H
#define PDM_H

#include <cstdint>
#include <cstdio>

class StandInPdm {
public:
  void onReceive(void (*function)()) { receive = function; }
  int begin(int channels, long rate) { return channels == 1 && rate > 0; }
  int available() const { return static_cast<int>(waiting) * 2; }
  int read(void *buffer, int bytes) {
    const size_t samples = std::fread(buffer, 2, static_cast<size_t>(bytes) / 2, stdin);
    waiting -= samples < waiting ? samples : waiting;
    waiting = std::feof(stdin) ? 0 : waiting;
    return static_cast<int>(samples) * 2;
  }
  void interrupt(size_t samples) {
    waiting = samples;
    receive();
  }

private:
  void (*receive)() = nullptr;
  size_t waiting = 0;
};

extern StandInPdm PDM;

#endif
