/* A board for the example: interrupts of many sizes, then the loop. An argument says how many
 * samples come before the loop runs once. */
#include "Arduino.h"
#include "PDM.h"

StandInSerial Serial;
StandInPdm PDM;

int main(int, char **arguments) {
  const size_t between = static_cast<size_t>(std::atol(arguments[1]));
  setup();
  for (size_t turn = 0; !std::feof(stdin); ++turn) {
    PDM.interrupt(turn % 2 ? between : between / 3 + 1);
    for (int pieces = 0; pieces < 3; ++pieces) { /* ring's end and window's end divide what waits */
      loop();
    }
  }
}
