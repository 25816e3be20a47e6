"""Certificates at random by every template of the library's and by every rule for serial numbers: compressed and
rebuilt by library and driver, and made a third time by the reference."""

import certificate_library as library
import certificate_reference as made
from certificate_definitions import derived, describe, generator, memory, own, random_fields
from certificate_library import raw

COMPRESS, REBUILD, SERIAL = "atcacert_get_comp_cert", "atcacert_cert_build_finish", "atcacert_generate_sn"
SIZE, TBS = "atcacert_max_cert_size", "atcacert_get_tbs"

#: Certificates for each template, and for each rule.
BY_TEMPLATE, BY_RULE = 400, 60

#: Rules and lengths.
RULES = (
    (0x0, 8), (0x0, 16), (0x0, 20), (0x7, 9), (0x8, 10), (0x9, 3), (0xA, 8), (0xA, 20), (0xA, 32), (0xB, 16),
    (0xB, 20), (0xC, 16), (0xD, 16), (0xE, 16), (0xF, 20),
)  # fmt: skip


def run(table, driver):
    for seed, name in enumerate(library.EXPORTED):
        table.step(certificates, driver, library.definition(name), name, BY_TEMPLATE, seed)
    for seed, (source, length) in enumerate(RULES, 100):
        for base in (library.TNGTLS, library.TNGTLS_SIGNER):
            name = f"{base}, serial number of {length} bytes by rule {source:X}"
            table.step(certificates, driver, derived(base, source, length), name, BY_RULE, seed)
    table.step(other_lengths, driver)


def example(rng, definition):
    """Fields whose serial number DER can have."""
    fields = random_fields(rng, definition)
    while not 1 <= number(definition, fields)[0] < 0x80:
        fields = random_fields(rng, definition)
    return fields


def number(definition, fields):
    return made.serial(raw(definition, "sn_source"), made.place(definition, made.SERIAL)[1], fields)


def define(driver, definition, name, rng):
    """The template, made known to the driver."""
    fields = example(rng, definition)
    whole, _ = made.certificate(definition, fields)
    return driver.ask("define", **describe(name, definition, whole, fields))


def certificates(table, driver, definition, name, count, seed):
    rng = generator(seed)
    if name in library.EXPORTED:
        # The driver has it, too.
        size = lambda: driver.ask("max_len", template=name)
        table.compare(SIZE, name, lambda: library.max_size(definition), size)
    else:
        define(driver, definition, name, rng)
    for _ in range(count):
        one(table, driver, definition, name, random_fields(rng, definition))
    if raw(definition, "sn_source") >= 0xC:
        one(table, driver, definition, name, leading_zero(rng, definition))


def leading_zero(rng, definition):
    """Fields whose serial number starts with zeros that DER leaves out."""
    fields = random_fields(rng, definition)
    while True:
        first, second = number(definition, fields)[:2]
        if first == 0 and second < 0x80:
            return fields
        fields.issued = random_fields(rng, definition, keys=False).issued


def no_der(serial):
    """A longer form than DER has for this number."""
    return len(serial) > 1 and (serial[0], serial[1] >> 7) in ((0, 0), (0xFF, 1))


def one(table, driver, definition, name, fields):
    whole, compressed = made.certificate(definition, fields)
    mine, what = own(definition, fields), f"{name}, {fields.issued} + {fields.years}"
    source, (_, length) = raw(definition, "sn_source"), made.place(definition, made.SERIAL)
    serial = number(definition, fields)
    reason = "no DER" if no_der(serial) else None
    table.compare(
        COMPRESS,
        what,
        lambda: compressed,
        lambda: library.compress(definition, whole),
        lambda: driver.bytes(
            "compress", template=name, certificate=whole, signer_id=fields.signer_id, own=mine
        ),
        reason=reason,
    )
    table.compare(
        REBUILD,
        what,
        lambda: whole,
        lambda: library.rebuild(definition, mine["issuer_key"], memory(definition, fields, compressed)),
        lambda: driver.member("certificate", "rebuild", template=name, compressed=compressed, own=mine),
        reason=reason,
    )
    if source >= made.CHIP:
        table.compare(
            SERIAL,
            what,
            lambda: serial,
            lambda: library.serial(source, length, fields.chip_serial, fields.key, compressed),
            lambda: driver.bytes("serial", compressed=compressed, length=length, own=mine),
        )
    # What the driver would have signed. It does not issue a serial number that is not positive.
    if 0 < serial[0] < 0x80:
        new = {"issued": fields.issued, "years": fields.years, "signer_id": fields.signer_id, "own": mine}
        table.compare(
            TBS,
            what,
            lambda: library.tbs(definition, whole),
            lambda: driver.bytes("issue", template=name, **new),
        )


def other_lengths(table, driver):
    """A stored serial number with a length before it, which is not that of the template's example."""
    rng, name = generator(200), "serial numbers of their own length"
    definition = derived(library.TFLXTLS, made.STORED_DYNAMIC, 12)
    define(driver, definition, name, rng)
    for length in range(1, 21):
        fields = random_fields(rng, definition)
        fields.serial = bytes([rng.randrange(1, 0x80)]) + rng.randbytes(length - 1)
        whole, compressed = made.certificate(definition, fields)
        mine = own(definition, fields)
        rebuilt = driver.member("certificate", "rebuild", template=name, compressed=compressed, own=mine)
        table.compare(
            REBUILD,
            f"{length} bytes",
            lambda: whole,
            lambda: rebuilt,
            lambda: library.rebuild(definition, mine["issuer_key"], memory(definition, fields, compressed)),
            reason=None if length == 12 else "another length",
        )
        assert rebuilt == whole
