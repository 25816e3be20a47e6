"""What the scenarios of a fully locked chip have in common: configuration 6.1, filled, and locked."""

import device
import reference
from device import AES_KEYS, KEY3, KEY4, KEY6, KEY9
from harness import good, refused

#: The key of whoever signs firmware (slot 11), of the user (slot 14), and of the authority above (slot 15).
FIRMWARE, USER, AUTHORITY = (reference.new_key() for _ in range(3))

SLOT_SIZES = [36] * 8 + [416] + [72] * 7
PRIVATE = (0, 2, 7)
OTP = b"one-time programmable, 32 bytes." + b"\xff" * 32


def stored_public(key):
    """A public key in the 72 bytes of a slot (chip reference 4.16)."""
    raw = reference.raw_public(key)
    return bytes(4) + raw[:32] + bytes(4) + raw[32:]


def provision():
    """Everything before the data lock, and the lock, for which the chip compares the CRC of all of it."""
    device.lock_config()
    for slot in PRIVATE:
        good("atcab_genkey", slot, bytearray(64))
    device.fill_slots()
    for slot, key in ((11, FIRMWARE), (14, USER), (15, AUTHORITY)):
        good("atcab_write_pubkey", slot, reference.raw_public(key))
    good("atcab_write_zone", device.OTP_ZONE, 0, 0, 0, OTP[:32], 32)

    contents = {slot: b"" for slot in range(16)}
    contents |= {3: KEY3, 4: KEY4, 5: AES_KEYS[:32], 6: KEY6, 9: KEY9, 10: AES_KEYS}
    contents |= {11: stored_public(FIRMWARE), 14: stored_public(USER), 15: stored_public(AUTHORITY)}
    # Not validated yet.
    contents[14] = b"\xa0" + contents[14][1:]
    whole = b"".join(
        contents[slot].ljust(size, b"\xff") for slot, size in enumerate(SLOT_SIZES) if slot not in PRIVATE
    )
    crc = reference.crc16(whole + OTP)
    refused("atcab_lock_data_zone_crc", crc ^ 0x8000)
    good("atcab_lock_data_zone_crc", crc)
