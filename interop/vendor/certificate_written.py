"""One chip, two masters: the driver configures it and makes keys, the library writes certificates and the data lock,
the driver reads them; then the driver writes and the library reads. Certificates of every rule for serial numbers.
"""

import certificate_library as library
import certificate_reference as made
import reference
from certificate_definitions import SERIAL_SLOT, derived, describe, generator, random_fields, random_key
from certificate_forms import RULES
from certificate_library import DATA, raw
from certificate_trust import certificate, checked
from cryptoauthlib import atcacert
from harness import good, value

READ, WRITE = "atcacert_read_cert", "atcacert_write_cert"
#: Of the configuration for certificates (`preset::x509_device`): the final identity, and the one that is renewed.
FINAL = {"key": 0, "device": 10, "signer_key": 11, "signer": 12}
RENEWED = {"key": 1, "device": 13, "signer_key": 14, "signer": 15}


def located(definition, certificate_slot, key_slot, stored):
    """The definition with these places: the key is that of the private one in its slot, or stored there."""
    place = raw(definition, "comp_cert_dev_loc")
    place.zone, place.slot, place.is_genkey, place.offset, place.count = DATA, certificate_slot, 0, 0, 72
    place = raw(definition, "public_key_dev_loc")
    place.zone, place.slot, place.is_genkey, place.offset = DATA, key_slot, int(not stored), 0
    place.count = 72 if stored else 64
    return definition


def read_by_library(definition, issuer_key):
    return certificate(lambda out, size: atcacert.atcacert_read_cert(definition, issuer_key, out, size))


def write_by_library(definition, whole):
    checked(atcacert.atcacert_write_cert(definition, whole, len(whole)))


def bytes_of(slot):
    out = bytearray(72)
    good("atcab_read_bytes_zone", DATA, slot, 0, out, 72)
    return bytes(out)


class Chip:
    """A chip, and a signer under whom its certificates are."""

    def __init__(self, table, driver, seed):
        self.table, self.driver, self.rng = table, driver, generator(seed)
        self.root, self.signer = random_key(self.rng), random_key(self.rng)
        self.serial = value("atcab_read_serial_number", size=9)
        self.keys = dict(zip((0, 1), map(bytes.fromhex, driver.ask("configure"))))
        for slot, key in self.keys.items():
            assert value("atcab_get_pubkey", slot, size=64) == key
        self.names = 0

    def certificate(self, definition, key, issuer):
        """One for this key, the driver's template for it, and the places of its serial number."""
        self.names += 1
        name = f"template {self.names}"
        fields = random_fields(self.rng, definition, keys=False)
        fields.key, fields.issuer, fields.chip_serial = key, issuer, self.serial
        while (
            not 1
            <= made.serial(raw(definition, "sn_source"), made.place(definition, made.SERIAL)[1], fields)[0]
            < 128
        ):
            fields.issued = random_fields(self.rng, definition, keys=False).issued
        whole, compressed = made.certificate(definition, fields)
        self.driver.ask("define", **describe(name, definition, whole, fields))
        return name, fields, whole, compressed

    def signer_certificate(self, places):
        definition = located(
            derived(library.TNGTLS_SIGNER, 0xA, 16), places["signer"], places["signer_key"], True
        )
        key = reference.raw_public(self.signer)
        return definition, key, *self.certificate(definition, key, self.root)

    def device_certificate(self, places, rule=0xA, length=16):
        definition = located(derived(library.TFLXTLS, rule, length), places["device"], places["key"], False)
        return definition, *self.certificate(definition, self.keys[places["key"]], self.signer)

    def both_read(self, what, definition, name, whole, ca_key, **places):
        self.table.compare(
            READ,
            what,
            lambda: whole,
            lambda: read_by_library(definition, ca_key),
            lambda: self.driver.member("certificate", "read", template=name, **places),
        )


def run(table, driver):
    chip = Chip(table, driver, 700)
    # Before the data lock by the library, both certificates and the signer's key; nobody can read them yet.
    signer_definition, signer_key, signer_name, _, signer, signer_72 = chip.signer_certificate(FINAL)
    device_definition, device_name, _, device, device_72 = chip.device_certificate(FINAL)
    root_key = reference.raw_public(chip.root)
    written = [(signer_definition, signer), (device_definition, device)]
    for definition, whole in written:
        table.compare(
            WRITE, "before the data lock", lambda: None, lambda: write_by_library(definition, whole)
        )
    stored = {"subject_key": {"private": FINAL["key"]}, "issuer_key": {"stored": FINAL["signer_key"]}}
    of_device = {"slot": FINAL["device"], **stored}
    of_signer = {
        "slot": FINAL["signer"],
        "subject_key": {"stored": FINAL["signer_key"]},
        "issuer_key": {"known": root_key},
    }
    table.compare(
        READ,
        "before the data lock",
        lambda: read_by_library(device_definition, signer_key),
        lambda: driver.ask("read", template=device_name, **of_device),
    )
    good("atcab_lock_data_zone")
    chip.both_read("of the library", device_definition, device_name, device, signer_key, **of_device)
    chip.both_read("of the library", signer_definition, signer_name, signer, root_key, **of_signer)
    assert bytes_of(FINAL["device"]) == device_72
    assert bytes_of(FINAL["signer"]) == signer_72
    # Never again.
    table.compare(
        WRITE,
        "final",
        lambda: write_by_library(device_definition, device),
        lambda: driver.ask("write", certificates=[(FINAL["device"], device_72)]),
    )
    table.step(renewed, driver, chip, signer_key)


def renewed(table, driver, chip, signer_key):
    """After the data lock: the driver writes a certificate and the library another one, and each time both read it."""
    for rule, length in RULES:
        for by_library in (False, True):
            definition, name, fields, whole, compressed = chip.device_certificate(RENEWED, rule, length)
            places = {
                "slot": RENEWED["device"],
                "subject_key": {"private": RENEWED["key"]},
                "issuer_key": {"known": signer_key},
            }
            content = {"certificates": [(RENEWED["device"], compressed)]}
            if rule in (made.STORED, made.STORED_DYNAMIC):
                stored = bytes([length] if rule else []) + fields.serial
                places["serial"] = (SERIAL_SLOT, 0, len(stored))
                # The chip writes words.
                content["serial"] = (SERIAL_SLOT, 0, stored.ljust(-len(stored) // 4 * -4, b"\0"))
            what = f"rule {rule:X}, {length} bytes, by {'library' if by_library else 'driver'}"
            if by_library:
                table.compare(WRITE, what, lambda: None, lambda: write_by_library(definition, whole))
            else:
                driver.ask("write", **content)
            chip.both_read(what, definition, name, whole, signer_key, **places)
