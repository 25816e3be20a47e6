"""Pins, by name only: the bus is the one of `busio`."""

SCL = "SCL"
SDA = "SDA"
