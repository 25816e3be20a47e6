"""Definitions of our own for the vendor's library: one of its own with another rule for serial numbers. All that the
library exports have rule A."""

import ctypes
import random

import reference
from certificate_library import DATA, NONE, definition, elements, raw, template
from certificate_reference import (
    ISSUED,
    KEY,
    SERIAL,
    SIGNER_ID,
    STORED,
    STORED_DYNAMIC,
    Fields,
    place,
)
from cryptography.hazmat.primitives.asymmetric import ec
from cryptoauthlib import atcacert

#: Where a stored serial number lies: data of the application, in the configuration for certificates.
SERIAL_SLOT = 8

#: What definitions point to.
_alive = []


def derived(name, source, length):
    """The library's definition `name`, with serial numbers of `length` bytes by the rule `source`."""
    original = definition(name)
    made = type(original).from_buffer_copy(original)
    start, old = place(original, SERIAL)
    shift = length - old

    cert = bytearray(template(original))
    cert[start : start + old] = b"\x40" + bytes(length - 1)
    cert[start - 1] = length
    # SEQUENCE of the certificate, SEQUENCE of what is signed: 30 82 and two bytes each.
    for at in (2, 6):
        cert[at : at + 2] = (int.from_bytes(cert[at : at + 2], "big") + shift).to_bytes(2, "big")
    room = (ctypes.c_uint8 * len(cert))(*cert)
    made.cert_template = ctypes.cast(room, ctypes.POINTER(ctypes.c_uint8))
    made.cert_template_size = len(cert)
    _alive.append(room)

    for location in raw(made, "std_cert_elements"):
        if location.offset > start:
            location.offset += shift
    number = raw(made, "std_cert_elements")[SERIAL]
    number.offset, number.count = (start - 1, length + 1) if source == STORED_DYNAMIC else (start, length)
    raw(made, "tbs_cert_loc").count += shift

    count = raw(made, "cert_elements_count")
    further = (atcacert.atcacert_cert_element_t * count)()
    for index in range(count):
        ctypes.pointer(further[index])[0] = raw(made, "cert_elements")[index]
        raw(further[index], "cert_loc").offset += shift
    made.cert_elements = ctypes.cast(further, ctypes.POINTER(atcacert.atcacert_cert_element_t))
    _alive.append(further)

    made.sn_source = source
    stored = raw(made, "cert_sn_dev_loc")
    stored.zone, stored.slot, stored.offset = NONE, 0, 0
    if source in (STORED, STORED_DYNAMIC):
        stored.zone, stored.slot = DATA, SERIAL_SLOT
        stored.count = number.count
    return made


def random_key(rng):
    """The same for the same seed: which differences occur must not change from run to run."""
    return ec.derive_private_key(rng.randrange(1, 1 << 255), reference.CURVE)


def random_fields(rng, definition, keys=True):
    """A certificate's own part. The template's UTCTime ends in 2049."""
    source, (_, length) = raw(definition, "sn_source"), place(definition, SERIAL)
    if source == STORED_DYNAMIC:
        length -= 1
    texts = {
        slot: rng.randbytes(count // 2).hex().upper().encode()
        for _, zone, slot, _, count, *_ in elements(definition)
        if zone == DATA
    }
    # Positive and of full length.
    stored = bytes([rng.randrange(1, 0x80)]) + rng.randbytes(length - 1)
    return Fields(
        key=reference.raw_public(random_key(rng)) if keys else bytes(64),
        issuer=random_key(rng) if keys else None,
        issued=(rng.randrange(2000, 2050), rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(24)),
        years=rng.randrange(128),
        signer_id=rng.randrange(0x10000),
        chip_serial=b"\x01\x23" + rng.randbytes(6) + b"\x01",
        texts=texts,
        serial=stored,
    )


def memory(definition, fields, compressed):
    """What is on the chip: content by zone, slot, and whether it is the public key of a private one."""
    places = {}

    def write(location, data):
        key = raw(location, "zone"), raw(location, "slot"), raw(location, "is_genkey")
        content, offset = places.setdefault(key, bytearray(416)), raw(location, "offset")
        content[offset : offset + len(data)] = data

    write(raw(definition, "comp_cert_dev_loc"), compressed)
    public = raw(definition, "public_key_dev_loc")
    padded = raw(public, "count") == 72
    write(public, bytes(4) + fields.key[:32] + bytes(4) + fields.key[32:] if padded else fields.key)
    for index, (_, zone, slot, *_) in enumerate(elements(definition)):
        if zone == DATA:
            write(raw(raw(definition, "cert_elements")[index], "device_loc"), fields.texts[slot])
    if raw(definition, "sn_source") in (STORED, STORED_DYNAMIC):
        length = bytes([len(fields.serial)]) if raw(definition, "sn_source") == STORED_DYNAMIC else b""
        write(raw(definition, "cert_sn_dev_loc"), length + fields.serial)
    places[0, 0, 0] = fields.chip_serial[:4] + bytes(4) + fields.chip_serial[4:] + bytes(115)
    return lambda zone, slot, is_genkey: bytes(places[zone, slot, is_genkey])


def generator(seed):
    return random.Random(seed)


def describe(name, definition, example, fields):
    """The same for the driver: a template made from an example certificate."""
    shown = [("signer_id", place(definition, SIGNER_ID), b"%04X" % fields.signer_id)]
    serial = fields.chip_serial.hex().upper().encode()
    for what, zone, slot, _, _, offset, count, _ in elements(definition):
        if what == "SN03":
            shown.append(("chip_serial", (offset, 18), serial))
        elif zone == DATA:
            shown.append(("text", (offset, count), fields.texts[slot]))
    key, _ = place(definition, KEY)
    issued, _ = place(definition, ISSUED)

    def where(offset):
        return "issuer" if offset < issued else "subject" if offset < key else "alternative_names"

    return {
        "name": name,
        "example": example,
        "number": raw(definition, "template_id"),
        "chain": raw(definition, "chain_id"),
        "source": raw(definition, "sn_source"),
        "fields": [
            {"kind": kind, "place": where(offset), "shown": text.decode()}
            for kind, (offset, _), text in shown
        ],
    }


def own(definition, fields):
    """A certificate's own part, for the driver."""
    source = raw(definition, "sn_source")
    return {
        "subject_key": fields.key,
        "issuer_key": reference.raw_public(fields.issuer),
        "chip_serial": fields.chip_serial,
        "serial": fields.serial if source in (STORED, STORED_DYNAMIC) else None,
        "texts": [text.decode() for text in fields.texts.values()],
    }
