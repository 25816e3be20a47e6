"""Microchip's certificate functions as the library has them, by ctypes: most are not in its Python package, and most
need no chip. Each returns what the C function writes, or raises `Refused`."""

import ctypes

from cryptoauthlib import atcacert, library

#: Of a compressed certificate: 72 bytes, and those that longer signatures need.
MAX_COMPRESSED = 144
#: Room for any certificate here.
ROOM = 1024
BLOCK = 32

X509_UTC, POSIX_BE, X509_GENERAL = 1, 2, 4
CONFIG, DATA, NONE = 0, 2, 7

#: The definitions that the library exports.
TNGTLS_SIGNER = "g_tngtls_cert_def_1_signer"
TNGTLS_OLD = "g_tngtls_cert_def_2_device"
TNGTLS = "g_tngtls_cert_def_3_device"
LORA_SIGNER = "g_tnglora_cert_def_1_signer"
LORA_OLD = "g_tnglora_cert_def_2_device"
LORA = "g_tnglora_cert_def_4_device"
TFLXTLS = "g_tflxtls_cert_def_4_device"
EXPORTED = (TNGTLS_SIGNER, TNGTLS_OLD, TNGTLS, LORA_SIGNER, LORA_OLD, LORA, TFLXTLS)


class Refused(Exception):
    """The library returned this status."""

    def __init__(self, status):
        super().__init__(status)
        self.status = int(status)


class Buffer(ctypes.Structure):
    """`cal_buffer`: the last member is in some builds only."""

    _fields_ = [("len", ctypes.c_size_t), ("buf", ctypes.c_char_p), ("next", ctypes.c_void_p)]


def buffer(data):
    return ctypes.byref(Buffer(len(data), bytes(data), None))


def call(name, *arguments):
    function = getattr(library.get_cryptoauthlib(), name)
    status = function(*arguments)
    if status != 0:
        raise Refused(status)


def definition(name):
    """A definition that the library exports."""
    return atcacert.atcacert_def_t.in_dll(library.get_cryptoauthlib(), name)


def raw(structure, name):
    """A field as ctypes has it: the package's structures turn it into something else."""
    return ctypes.Structure.__getattribute__(structure, name)


def template(definition):
    """The DER that a definition starts from."""
    return ctypes.string_at(raw(definition, "cert_template"), raw(definition, "cert_template_size"))


def elements(definition):
    """Further elements: name, zone, slot, offset there, count there, offset in the certificate, count there, transform."""
    found = []
    for index in range(raw(definition, "cert_elements_count")):
        element = raw(definition, "cert_elements")[index]
        device, place = raw(element, "device_loc"), raw(element, "cert_loc")
        found.append(
            (
                raw(element, "id").decode(),
                raw(device, "zone"),
                raw(device, "slot"),
                raw(device, "offset"),
                raw(device, "count"),
                place.offset,
                place.count,
                raw(element, "transforms")[0],
            )
        )
    return found


def time(year, month, day, hour, minute=0, second=0):
    """The library's broken-down time. The package's constructor refuses the 31st of every month."""
    value = atcacert.atcacert_tm_utc_t.__new__(atcacert.atcacert_tm_utc_t)
    value.tm_year, value.tm_mon, value.tm_mday = year - 1900, month - 1, day
    value.tm_hour, value.tm_min, value.tm_sec = hour, minute, second
    return value


def parts(value):
    return (
        value.tm_year + 1900,
        value.tm_mon + 1,
        value.tm_mday,
        value.tm_hour,
        value.tm_min,
        value.tm_sec,
    )


def encode_dates(issued, years, version):
    """Bytes 64 to 66, and byte 71."""
    compressed = ctypes.create_string_buffer(MAX_COMPRESSED)
    compressed[70] = version
    call("atcacert_date_enc_compcert_ext", ctypes.byref(time(*issued)), ctypes.c_uint8(years), compressed)
    return compressed.raw[64:67] + compressed.raw[71:72]


def decode_dates(compressed, kind=X509_GENERAL):
    """From and until, as year, month, day, hour, minute, second."""
    issued, expires = time(1900, 1, 1, 0), time(1900, 1, 1, 0)
    data = bytes(compressed).ljust(MAX_COMPRESSED, b"\0")
    call("atcacert_date_dec_compcert_ext", data, kind, ctypes.byref(issued), ctypes.byref(expires))
    return parts(issued), parts(expires)


def encode_dates_by_package(issued, years):
    """The same by the Python package, which knows version 0 only."""
    out = bytearray(3)
    status = int(atcacert.atcacert_date_enc_compcert(time(*issued), years, out))
    if status != 0:
        raise Refused(status)
    return bytes(out)


def decode_dates_by_package(dates, kind=X509_GENERAL):
    issued, expires = time(1900, 1, 1, 0), time(1900, 1, 1, 0)
    status = int(atcacert.atcacert_date_dec_compcert(bytes(dates), kind, issued, expires))
    if status != 0:
        raise Refused(status)
    return parts(issued), parts(expires)


def encode_date(kind, moment):
    """A date as text, as it stands in a certificate."""
    out, size = ctypes.create_string_buffer(32), ctypes.c_size_t(32)
    call("atcacert_date_enc", kind, ctypes.byref(time(*moment)), out, ctypes.byref(size))
    return out.raw[: size.value]


def decode_date(kind, text):
    moment = time(1900, 1, 1, 0)
    call("atcacert_date_dec", kind, bytes(text), ctypes.c_size_t(len(text)), ctypes.byref(moment))
    return parts(moment)


def max_date(kind):
    moment = time(1900, 1, 1, 0)
    call("atcacert_date_get_max_date", kind, ctypes.byref(moment))
    return parts(moment)


def serial(source, length, chip_serial, key, compressed):
    """A serial number by this rule."""
    out = ctypes.create_string_buffer(64)
    data = bytes(compressed).ljust(MAX_COMPRESSED, b"\0")
    call("atcacert_generate_sn", source, bytes(chip_serial), buffer(key), data, ctypes.c_size_t(length), out)
    return out.raw[:length]


def key_id(key):
    out = ctypes.create_string_buffer(20)
    call("atcacert_get_key_id", buffer(key), out)
    return out.raw


def padded(key):
    out = ctypes.create_string_buffer(72)
    library.get_cryptoauthlib().atcacert_public_key_add_padding(bytes(key), out)
    return out.raw


def unpadded(slot):
    out = ctypes.create_string_buffer(64)
    library.get_cryptoauthlib().atcacert_public_key_remove_padding(bytes(slot), out)
    return out.raw


def compress(definition, der):
    """72 bytes of a certificate."""
    out = ctypes.create_string_buffer(MAX_COMPRESSED)
    call("atcacert_get_comp_cert", ctypes.byref(definition), bytes(der), ctypes.c_size_t(len(der)), out)
    return out.raw[:72]


def max_size(definition):
    size = ctypes.c_size_t(0)
    call("atcacert_max_cert_size", ctypes.byref(definition), ctypes.byref(size))
    return size.value


def rebuild(definition, issuer_key, memory):
    """The certificate, from what `memory(zone, slot, is_genkey)` says is on the chip; without its bus. The library has
    to be initialised: it asks which chip it is for."""
    cal = library.get_cryptoauthlib()
    cal.atcab_get_device.restype = ctypes.c_void_p
    device = ctypes.c_void_p(cal.atcab_get_device())
    locations = (atcacert.atcacert_device_loc_t * 16)()
    count = ctypes.c_size_t(0)
    at = ctypes.byref(definition)
    limits = (ctypes.c_size_t(16), ctypes.c_size_t(BLOCK))
    call("atcacert_get_device_locs", device, at, locations, ctypes.byref(count), *limits)
    state, out, size = (
        ctypes.create_string_buffer(1024),
        ctypes.create_string_buffer(ROOM),
        ctypes.c_size_t(ROOM),
    )
    call("atcacert_cert_build_start", device, state, at, out, ctypes.byref(size), buffer(issuer_key))
    for location in locations[: count.value]:
        offset, length = raw(location, "offset"), raw(location, "count")
        content = memory(raw(location, "zone"), raw(location, "slot"), raw(location, "is_genkey"))
        data = content[offset : offset + length].ljust(length, b"\0")
        call("atcacert_cert_build_process", state, ctypes.byref(location), data)
    call("atcacert_cert_build_finish", state)
    return out.raw[: size.value]


def part(name, definition, der, size):
    """What `atcacert_get_...` takes out of a certificate."""
    out = ctypes.create_string_buffer(size)
    call(name, ctypes.byref(definition), bytes(der), ctypes.c_size_t(len(der)), out)
    return out.raw


def buffer_part(name, definition, der, size=64):
    """The same for those that fill a buffer with a length."""
    room = ctypes.create_string_buffer(size)
    out = Buffer(size, None, None)
    out.buf = ctypes.cast(room, ctypes.c_char_p)
    call(name, ctypes.byref(definition), bytes(der), ctypes.c_size_t(len(der)), ctypes.byref(out))
    return room.raw


def sized_part(name, definition, der):
    """The same for those that say how long it is."""
    out, size = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
    call(name, ctypes.byref(definition), bytes(der), ctypes.c_size_t(len(der)), out, ctypes.byref(size))
    return out.raw[: size.value]


def date_part(name, definition, der):
    moment = time(1900, 1, 1, 0)
    call(name, ctypes.byref(definition), bytes(der), ctypes.c_size_t(len(der)), ctypes.byref(moment))
    return parts(moment)


def tbs(definition, der):
    """What is signed: where it is, and how long."""
    data = ctypes.create_string_buffer(bytes(der))
    start, size = ctypes.c_void_p(), ctypes.c_size_t()
    at, length = ctypes.byref(definition), ctypes.c_size_t(len(der))
    call("atcacert_get_tbs", at, data, length, ctypes.byref(start), ctypes.byref(size))
    return ctypes.string_at(start, size.value)
