"""The chip the scenarios work on: its bytes, its keys, and the ways to it that several of them take."""

from cryptoauthlib import AtcaReference

from harness import good, value
from reference import Device, crc16, sha256

#: Chip reference 4.14; bytes 0 to 15 differ from chip to chip.
BLANK = bytes.fromhex(
    "C000 0000 8320 8720 8F20 C48F 8F8F 8F8F"
    "9F8F AF8F 0000 0000 0000 0000 0000 0000"
    "0000 AF8F FFFF FFFF 0000 0000 FFFF FFFF"
    "0000 0000 0000 0000 0000 0000 0000 0000"
    "0000 0000 0000 5555 FFFF 0000 0000 0000"
    "3300 3300 3300 1C00 1C00 1C00 1C00 1C00"
    "3C00 3C00 3C00 3C00 3C00 3C00 3C00 1C00"
)

#: Chip reference 6.1, the vendor's test configuration, from byte 16. Counters are as on a blank chip.
CONFIG = bytes.fromhex(
    "C000 A100 AF2F C444 8720 C4F4 8F0F 0F0F"
    "9F8F 8364 C444 C464 0F0F 0F0F 0F0F 0F0F"
    "0F0F 0F0F FFFF FFFF 0000 0000 FFFF FFFF"
    "0000 0000 FF84 03BC 0969 7600 0000 0000"
    "0000 0000 0000 5555 FFFF 0E40 0000 0000"
    "3300 1C00 1300 1C00 3C00 3A10 1C00 3300"
    "1C00 1C00 3800 3000 3C00 3C00 3200 3000"
)

#: Keys, by slot.
KEY3 = sha256(b"slot 3")
KEY4 = sha256(b"slot 4")
KEY6 = sha256(b"slot 6")
KEY9 = sha256(b"slot 9")
#: Four AES keys for slots 5 and 10. The first bytes of slot 10 are the limit of the limited-use keys as well:
#: as a number they are larger than any counter.
AES_KEYS = b"\xff" * 4 + b"AES key 0..." + b"AES key 1......." + b"AES key 2......." + b"AES key 3......."
NUM_IN = bytes(range(100, 120))

CONFIG_ZONE, OTP_ZONE, DATA_ZONE = 0, 1, 2


def slot_config(slot):
    """SlotConfig and KeyConfig of a slot, as they are hashed."""
    return CONFIG[4 + 2 * slot : 6 + 2 * slot] + CONFIG[80 + 2 * slot : 82 + 2 * slot]


def serial_number():
    return value("atcab_read_serial_number", size=9)


def device():
    return Device(serial_number())


def random_nonce(device):
    """A random TempKey, known to both sides."""
    rand_out = value("atcab_nonce_rand", NUM_IN, size=32)
    return device.nonce(rand_out, NUM_IN)


def gendig_slot(device, slot, key):
    """A random nonce and GenDig of a slot: TempKey, the way encrypted access wants it."""
    tempkey = random_nonce(device)
    other = bytes([0x15, 0x02, slot, 0x00])
    good("atcab_gendig", DATA_ZONE, slot, other, len(other))
    return device.gendig(DATA_ZONE, slot, key, tempkey)


def counter(counter_id):
    count = AtcaReference(0)
    good("atcab_counter_read", counter_id, count)
    return count.value


def lock_config():
    """Writes configuration 6.1 and locks it, with the CRC of what is there."""
    zone = value("atcab_read_config_zone", size=128)
    good("atcab_write_config_zone", zone[:16] + CONFIG)
    zone = value("atcab_read_config_zone", size=128)
    good("atcab_lock_config_zone_crc", crc16(zone))


def blocks(data):
    """`data` in blocks of 32 bytes, the last filled up with zeros."""
    return [data[at : at + 32].ljust(32, b"\0") for at in range(0, len(data), 32)]


def fill_slots(public=bytes(64)):
    """Keys and data that later steps need, before the data lock; `public` goes to 11, 14 and 15."""
    contents = {3: KEY3, 4: KEY4, 5: AES_KEYS[:32], 6: KEY6, 9: KEY9, 10: AES_KEYS}
    for slot, data in contents.items():
        for block, piece in enumerate(blocks(data)):
            good("atcab_write_zone", DATA_ZONE, slot, block, 0, piece, 32)
    for slot in (11, 14, 15):
        good("atcab_write_pubkey", slot, public)
