"""A real chip whose owner published its data (testkit/src/published.rs says who and where), and what belongs to it."""

import base64
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "testkit/src/published"


def certificates(file):
    """DER of each certificate in a file of PEM."""
    found = []
    for line in pathlib.Path(file).read_text().splitlines():
        if line.startswith("-----BEGIN"):
            found.append("")
        elif not line.startswith("-"):
            found[-1] += line
    return [base64.b64decode(text) for text in found]


def key(der):
    """X and Y: behind the head that all P-256 keys have."""
    at = der.index(bytes.fromhex("2a8648ce3d030107034200 04")) + 12
    return der[at : at + 64]


DEVICE, SIGNER, ROOT = (certificates(FOLDER / f"{name}.pem")[0] for name in ("device", "signer", "root"))
DEVICE_KEY, SIGNER_KEY, ROOT_KEY = key(DEVICE), key(SIGNER), key(ROOT)
CHIP_SERIAL = bytes.fromhex("0123a23f29f9366a01")
MAC = "E8EB1B202027"
SIGNER_ID = 0x2C00
#: Slots 10 and 12.
DEVICE_72 = bytes.fromhex(
    "e197aa26d2d0ac94ab4decc230554f5611cd53ae24ad1ae2737ea2d69ecaa2ad"
    "25d05c0e6ea51c603e5a5b84e04cab5126c6bdb37c8906a159606c3482b024af"
    "a5ac9c2c0030a000"
)
SIGNER_72 = bytes.fromhex(
    "ecc949988f619130b9277322958cfda97d9b0a8cb8f37894bcc473e9d47a4087"
    "2123d5a2566b89a159bc8a8de52283ce16b5337b2a2599afe4d75efa073ed611"
    "963a9f2c0010a000"
)
