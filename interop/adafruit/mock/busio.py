"""What CircuitPython's `busio` is to a driver, on a Linux I2C bus. Adafruit's own (Blinka) looks for a known
board first, and this is none."""

import fcntl
import os
import time

_SLAVE = 0x0703

#: What an interpreter on a microcontroller needs from one call to the next, in seconds. The driver counts on
#: it: it waits 1 ms after a wake pulse, where the chip needs 1.5 ms (tWHI).
_SLOWNESS = 0.0006


class I2C:
    def __init__(self, scl=None, sda=None, *, frequency=100_000, path="/dev/i2c-1"):
        # A program on Linux has no say in pins and clock; the simulated bus runs at 100 kHz.
        if frequency > 100_000:
            raise ValueError("no wake pulse at this clock")
        self._file = os.open(path, os.O_RDWR)
        self._locked = False

    def try_lock(self):
        time.sleep(_SLOWNESS)
        free = not self._locked
        self._locked = True
        return free

    def unlock(self):
        self._locked = False

    def writeto(self, address, buffer, *, start=0, end=None):
        fcntl.ioctl(self._file, _SLAVE, address)
        os.write(self._file, memoryview(buffer)[start:end])

    def readfrom_into(self, address, buffer, *, start=0, end=None):
        fcntl.ioctl(self._file, _SLAVE, address)
        room = memoryview(buffer)[start:end]
        room[:] = os.read(self._file, len(room))
