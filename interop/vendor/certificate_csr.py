"""Requests by the key in slot 0 of a Trust&GO chip: by the library, from a definition of the same request, and by the
driver. The same bytes are signed; both signatures verify."""

from certificate_library import Refused, template
from certificate_requests import (
    client_auth,
    create,
    create_pem,
    names,
    request_definition,
    signing,
    tbs,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

DER, PEM = "atcacert_create_csr", "atcacert_create_csr_pem"
SLOT, NO_KEY = 0, 9

#: Subject, names of hosts, URIs, and whether the key is to be a client's.
REQUESTS = (
    ([("CN", "0123a23f29f9366a01ee")], [], [], False),
    ([("CN", "sensor-7"), ("O", "Example")], [], [], False),
    ([("O", "Beispiel Gerätebau"), ("OU", "Fühler"), ("CN", "7")], [], [], False),
    ([("CN", "x" * 64), ("O", "y" * 64), ("OU", "z" * 64)], [], [], False),
    ([("CN", "sensor-7")], ["7.example.com"], [], False),
    ([("CN", "sensor-7")], ["a.example.com", "b.example.com"], ["urn:example:sensor:7"], False),
    ([("CN", "sensor-7")], [], [], True),
    ([("CN", "sensor-7"), ("O", "Example")], ["sensor-7.example.com"], ["urn:example:sensor:7"], True),
)


def run(table, driver):
    for subject, dns, uri, client in REQUESTS:
        extensions = [(signing(), True), (client_auth(), False)] if client else []
        if dns or uri:
            extensions.append((names(dns, uri), False))
        asked = {"subject": subject, "dns": dns, "uri": uri, "client": client}
        # More than once: signatures have several lengths.
        for slot in (SLOT, SLOT, SLOT, NO_KEY):
            definition = request_definition(subject, extensions, slot)
            table.step(one, driver, definition, {"slot": slot, **asked})
    table.step(crossing, driver)


def signed(der):
    """What is signed, if the signature is right."""
    assert x509.load_der_x509_csr(der).is_signature_valid
    return tbs(der)


def crossing(table, driver):
    """A request of 255 bytes after its head, or of 256 and more: one more byte for the length."""
    subject, dns = [("CN", "sensor-7")], ["sensor-7.example.com"]
    shortest = b"\x30\x81\xff"
    definition = request_definition(subject, [(names(dns, []), False)], SLOT)
    while template(definition)[:3] != shortest:
        definition = request_definition(subject, [(names(dns, []), False)], SLOT)
    refusal = None
    while refusal is None:
        try:
            create(definition)
        except Refused as error:
            refusal = error

    def by_library():
        raise refusal

    asked = {"slot": SLOT, "subject": subject, "dns": dns}
    by_driver = lambda: signed(bytes.fromhex(driver.ask("sign_csr", **asked)["der"]))
    table.compare(DER, asked, by_library, by_driver, reason="256 bytes")


def one(table, driver, definition, asked):
    def by_driver(form):
        return driver.ask("sign_csr", **asked)[form]

    def from_pem(text):
        """The same. Only the end of the last line may be missing."""
        request = x509.load_pem_x509_csr(text.encode())
        assert request.public_bytes(Encoding.PEM).decode().rstrip("\n") == text.replace("\r\n", "\n").rstrip(
            "\n"
        )
        return signed(request.public_bytes(Encoding.DER))

    table.compare(
        DER, asked, lambda: signed(create(definition)), lambda: signed(bytes.fromhex(by_driver("der")))
    )
    table.compare(PEM, asked, lambda: from_pem(create_pem(definition)), lambda: from_pem(by_driver("pem")))
