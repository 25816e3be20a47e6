"""Certificates and their 72 bytes a third time: by hashlib and `cryptography`, from a definition of the vendor's. What
both sides are compared with. Nothing here calls the vendor's functions or the driver."""

import dataclasses
import hashlib

from certificate_library import X509_GENERAL, X509_UTC, elements, raw, template
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from reference import raw_public

#: Standard elements, in the definition's order.
KEY, SIGNATURE, ISSUED, EXPIRES, SIGNER_ID, SERIAL, AUTHORITY_KEY_ID, SUBJECT_KEY_ID = range(8)

STORED, STORED_DYNAMIC, CHIP, SIGNER = 0x0, 0x7, 0x8, 0x9
KEY_HASHES, CHIP_HASHES = (0xA, 0xC, 0xE), (0xB, 0xD, 0xF)

TO_HEX = 2


@dataclasses.dataclass
class Fields:
    """What is in a certificate and not in its template."""

    key: bytes
    issuer: ec.EllipticCurvePrivateKey
    #: Year, month, day, hour.
    issued: tuple
    years: int
    signer_id: int
    chip_serial: bytes
    #: Of a further element whose content is in a slot, by the slot.
    texts: dict
    #: For a stored serial number.
    serial: bytes = b""

    def version(self):
        return 1 if self.issued[0] > 2031 or self.years > 31 else 0

    def expires(self):
        """None: never."""
        year, month, day, hour = self.issued
        return (year + self.years, month, day, hour, 0, 0) if self.years else None


def dates(fields):
    """Bytes 64 to 66, and byte 71."""
    year, month, day, hour = fields.issued
    year -= 2000
    bits = (year & 0x1F) << 19 | month << 15 | day << 10 | hour << 5 | fields.years & 0x1F
    high = (year >> 5) << 6 | (fields.years >> 5) << 4
    return bits.to_bytes(3, "big") + bytes([high if fields.version() else 0])


def serial(source, length, fields):
    """A serial number by this rule."""
    encoded = dates(fields)
    hashed = encoded if fields.version() else encoded[:3]
    if source in (STORED, STORED_DYNAMIC):
        return fields.serial
    if source == CHIP:
        return b"\x40" + fields.chip_serial
    if source == SIGNER:
        return b"\x40" + fields.signer_id.to_bytes(2, "big")
    start = fields.key if source in KEY_HASHES else fields.chip_serial
    digest = bytearray(hashlib.sha256(start + hashed).digest()[:length])
    if source in (0xA, 0xB):
        digest[0] = digest[0] & 0x3F | 0x40
    elif source in (0xC, 0xD):
        digest[0] &= 0x7F
    return bytes(digest)


def key_id(key):
    return hashlib.sha1(b"\x04" + key).digest()


def date_text(kind, moment):
    """None: the largest date of its kind."""
    if moment is None:
        moment = (9999, 12, 31, 23, 59, 59) if kind == X509_GENERAL else (2049, 12, 31, 23, 59, 59)
    digits = "".join(f"{number:02}" for number in moment) + "Z"
    return {X509_GENERAL: digits, X509_UTC: digits[2:]}[kind].encode()


def der(tag, content):
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def place(definition, element):
    location = raw(definition, "std_cert_elements")[element]
    return location.offset, location.count


def certificate(definition, fields):
    """The certificate, and the 72 bytes that stand for it."""
    cert = bytearray(template(definition))

    def put(at, data):
        offset, count = at
        if count:
            assert len(data) == count, (at, data)
            cert[offset : offset + count] = data

    issued = (*fields.issued, 0, 0)
    put(place(definition, KEY), fields.key)
    put(place(definition, ISSUED), date_text(raw(definition, "issue_date_format"), issued))
    put(place(definition, EXPIRES), date_text(raw(definition, "expire_date_format"), fields.expires()))
    put(place(definition, SIGNER_ID), b"%04X" % fields.signer_id)
    put(place(definition, SUBJECT_KEY_ID), key_id(fields.key))
    put(place(definition, AUTHORITY_KEY_ID), key_id(raw_public(fields.issuer)))
    for name, _, slot, _, count, offset, size, transform in elements(definition):
        if transform == TO_HEX:
            part = fields.chip_serial[:4] if name == "SN03" else fields.chip_serial[4:]
            put((offset, size), part.hex().upper().encode())
        elif count:
            put((offset, size), fields.texts[slot])

    tbs = to_be_signed(definition, fields, cert)
    signature = fields.issuer.sign(tbs, ec.ECDSA(hashes.SHA256()))
    # The algorithm stands before the signature.
    algorithm = cert[raw(raw(definition, "tbs_cert_loc"), "count") + 4 : place(definition, SIGNATURE)[0]]
    whole = der(0x30, tbs + bytes(algorithm) + der(0x03, b"\0" + signature))
    return whole, compressed(definition, fields, signature)


def to_be_signed(definition, fields, cert):
    """The part that is signed: the serial number's length may differ from the template's."""
    offset, length = place(definition, SERIAL)
    source = raw(definition, "sn_source")
    number = serial(source, length, fields)
    if source == STORED_DYNAMIC:
        # The place starts at the length.
        offset, length = offset + 1, template(definition)[offset]
    end = raw(raw(definition, "tbs_cert_loc"), "count") + 4
    # Version 3; then the serial number.
    return der(0x30, b"\xa0\x03\x02\x01\x02" + der(0x02, number) + bytes(cert[offset + length : end]))


def compressed(definition, fields, signature):
    numbers = utils.decode_dss_signature(signature)
    encoded = dates(fields)
    kinds = raw(definition, "template_id") << 4 | raw(definition, "chain_id")
    return (
        b"".join(number.to_bytes(32, "big") for number in numbers)
        + encoded[:3]
        + fields.signer_id.to_bytes(2, "big")
        + bytes([kinds, raw(definition, "sn_source") << 4 | fields.version()])
        + encoded[3:]
    )
