"""One protocol, two carriers: the device emulated by QEMU today, a serial port as well.

`boards` knows the boards, `firmware` builds for them, `emulator` runs what was built, `protocol`
frames the bytes between, `messages` reads what they hold, `session` talks to the device, `elf` and
`instructions` measure, `program` is what is put on a device.
"""
