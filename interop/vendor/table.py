"""The table of the guide names every function for certificates that the vendor's library exports, once, and none that
it does not have."""

import ctypes
import pathlib
import re

from cryptoauthlib import library

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "docs/guide/atcacert.md"
NAME = r"(?:atcacert|tng)_[a-z0-9_]+"
#: In the library's headers, but not in what PyPI has: the host's own arithmetic is not compiled in.
NOT_COMPILED = {"atcacert_gen_challenge_sw", "atcacert_verify_cert_sw", "atcacert_verify_response_sw"}
#: What the Python package asks for sizes of C types.
SIZES = "_t_size"

binary = pathlib.Path(library.__file__).with_name("libcryptoauth.so")
compiled = ctypes.CDLL(str(binary))
# Every name in the file, its own functions included, of which only what is exported is found.
written = {name.decode() for name in re.findall(rb"\0(" + NAME.encode() + rb")(?=\0)", binary.read_bytes())}
exported = {name for name in written if hasattr(compiled, name) and not name.endswith(SIZES)}
named = re.findall(f"`({NAME})`", TABLE.read_text())

assert len(exported) > 90, sorted(exported)
missing, unknown = exported - set(named), set(named) - exported - NOT_COMPILED
twice = {name for name in named if named.count(name) > 1}
for what, names in {"not in the table": missing, "not in the library": unknown, "twice": twice}.items():
    if names:
        print(f"{what}: {', '.join(sorted(names))}")
assert not (missing or unknown or twice), TABLE
print(f"{TABLE.relative_to(ROOT)}: {len(named)} functions, all that the library has")
