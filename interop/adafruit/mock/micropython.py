"""The one thing of MicroPython that the driver imports."""


def const(value):
    return value
