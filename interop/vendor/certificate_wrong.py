"""What is wrong in a certificate or in its 72 bytes: refused by both, or by the driver alone for a reason that is
listed."""

import dataclasses

import certificate_library as library
import certificate_reference as made
from certificate_definitions import generator, memory, own, random_fields, random_key
from certificate_forms import COMPRESS, REBUILD, SERIAL
from reference import raw_public

COUNT = 20


def run(table, driver):
    for seed, name in enumerate(library.EXPORTED, 500):
        definition, rng = library.definition(name), generator(seed)
        for _ in range(COUNT):
            case = Case(table, driver, definition, name, rng)
            table.step(case.rebuilding)
            table.step(case.compressing)
    table.step(serials, driver)


class Case:
    """A certificate, and what is changed in it."""

    def __init__(self, table, driver, definition, name, rng):
        self.table, self.driver, self.definition, self.name, self.rng = table, driver, definition, name, rng
        self.fields = random_fields(rng, definition)
        # One that ends.
        self.fields.years = max(self.fields.years, 1)
        self.whole, self.compressed = made.certificate(definition, self.fields)
        self.own = own(definition, self.fields)

    def rebuild(self, what, compressed, reason=None, issuer_key=None, key=None):
        issuer_key = issuer_key or self.own["issuer_key"]
        fields = dataclasses.replace(self.fields, key=key or self.fields.key)
        mine = self.own | {"issuer_key": issuer_key, "subject_key": fields.key}
        self.table.compare(
            REBUILD,
            f"{self.name}: {what}",
            lambda: library.rebuild(self.definition, issuer_key, memory(self.definition, fields, compressed)),
            lambda: self.driver.member(
                "certificate", "rebuild", template=self.name, compressed=compressed, own=mine
            ),
            reason=reason,
        )

    def rebuilding(self, _):
        for at, value in (
            (69, self.compressed[69] ^ 0x10),
            (69, self.compressed[69] ^ 1),
            (70, 0xB0),
            (70, 0xA3),
        ):
            changed = bytearray(self.compressed)
            changed[at] = value
            self.rebuild(f"byte {at} is {value:02x}", bytes(changed))
        bit = self.rng.randrange(512)
        changed = bytearray(self.compressed)
        changed[bit // 8] ^= 1 << bit % 8
        self.rebuild(f"bit {bit} of the signature", bytes(changed), "not verified")
        other = raw_public(random_key(self.rng))
        self.rebuild("another issuer's key", self.compressed, "not verified", issuer_key=other)
        self.rebuild("another device's key", self.compressed, "not verified", key=other)

    def compress(self, what, whole, reason=None):
        self.table.compare(
            COMPRESS,
            f"{self.name}: {what}",
            lambda: library.compress(self.definition, whole),
            lambda: self.driver.bytes(
                "compress",
                template=self.name,
                certificate=whole,
                signer_id=self.fields.signer_id,
                own=self.own,
            ),
            reason=reason,
        )

    def compressing(self, _):
        # An end that is before the beginning, and a certificate that ends too early.
        offset, _ = made.place(self.definition, made.EXPIRES)
        self.compress("it ends before it begins", self.replaced(offset, b"1999"))
        self.compress("too short", self.whole[:300])
        # Minutes, which the 72 bytes have no place for.
        changed = bytearray(self.whole)
        for element in (made.ISSUED, made.EXPIRES):
            offset, count = made.place(self.definition, element)
            changed[offset + count - 5] ^= 1
        self.compress("minutes", bytes(changed), "not what comes back")
        offset, _ = made.place(self.definition, made.SERIAL)
        self.compress(
            "the serial number",
            self.replaced(offset + 15, bytes([self.whole[offset + 15] ^ 1])),
            "not what comes back",
        )
        at = self.whole.index(b"Microchip")
        self.compress("a name", self.replaced(at, b"m"), "not what comes back")

    def replaced(self, offset, data):
        return self.whole[:offset] + data + self.whole[offset + len(data) :]


def serials(table, driver):
    """Lengths that a hash does not have, rules that there are not, a version that there is not."""
    rng, definition = generator(600), library.definition(library.TNGTLS)
    fields = random_fields(rng, definition)
    _, compressed = made.certificate(definition, fields)
    mine = own(definition, fields)
    cases = [(0xA, 0), (0xA, 33), (0xB, 33), (0xC, 33), (0xD, 33), (0xE, 33), (0xF, 40), (0x1, 16), (0x6, 16)]
    for source, length, version in [(*case, 0) for case in cases] + [(0xA, 16, 3), (0xB, 16, 15)]:
        changed = compressed[:70] + bytes([source << 4 | version]) + compressed[71:]
        table.compare(
            SERIAL,
            f"{length} bytes by rule {source:X}, version {version}",
            lambda: library.serial(source, length, fields.chip_serial, fields.key, changed),
            lambda: driver.bytes("serial", compressed=changed, length=length, own=mine),
        )
