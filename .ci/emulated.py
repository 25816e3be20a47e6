"""What a person at the serial line of an ESP32-C3 sees; see .ci/emulated."""

import base64
import json
import pathlib
import subprocess
import sys
import tomllib

work, firmware, config = (pathlib.Path(argument) for argument in sys.argv[1:])
project = tomllib.loads(config.read_text())["device"]["project"]
state = work / "chip"
checks = 0


def cargo_run(package, *arguments, **options):
    command = ["cargo", "run", "--quiet", "--locked", "-p", package, "--", *arguments]
    return subprocess.run(command, text=True, capture_output=True, **options)


def emulate(program, *options, typed="", code=0):
    """What the program prints until the emulator ends with this code."""
    run = cargo_run("c3-emulator", firmware / program, *options, input=typed)
    assert run.returncode == code, f"{program} {options}: exit code {run.returncode}\n{run.stdout}\n{run.stderr}"
    return run.stdout.replace("\r", "")


def shows(text, *lines):
    global checks
    for line in lines:
        assert line in text, f"no {line!r} in:\n{text}"
        checks += 1


def eeprom():
    """The chip's memory, and whether its data and its configuration zone are unlocked."""
    dump = tomllib.loads(cargo_run("atecc608-sim", "dump", state, check=True).stdout)
    return dump, [byte == 0x55 for byte in bytes.fromhex(dump["config"])[86:88]]


def between(text, start, end):
    return text[text.index(start) : text.index(end) + len(end)]


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def integer(half):
    half = half.lstrip(b"\0") or b"\0"
    sign = half[0] >> 7
    return b"\x02" + bytes([len(half) + sign]) + b"\0" * sign + half


def verifies(token, pem):
    """Whether openssl accepts the token under the key."""
    signing_input, _, signature = token.rpartition(".")
    raw = decoded(signature)
    assert len(raw) == 64
    body = integer(raw[:32]) + integer(raw[32:])
    (work / "sig").write_bytes(b"\x30" + bytes([len(body)]) + body)
    (work / "pem").write_text(pem)
    (work / "input").write_text(signing_input)
    command = ["openssl", "dgst", "-sha256", "-verify", "pem", "-signature", "sig", "input"]
    return subprocess.run(command, cwd=work, capture_output=True).returncode == 0


def token_of(text):
    return next(line for line in text.splitlines() if line.startswith("ey") and line.count(".") == 2)


# A blank chip, and no chip.
kept = ("--state", state)
blank = emulate("scan", *kept, "--until", "Next:")
shows(blank, "Chip:   ATECC608A", "Serial: 0123", "Locks:  config zone unlocked, data zone unlocked", "is blank")
missing = emulate("scan", "--chip", "none", "--until", "5. ")
shows(missing, "ERROR: no ATECC608 found at 0x60", "Nobody answers on the whole bus.", "Check, in this order:")
shows(missing, "1. wiring", "2. supply", "3. pull-ups", "4. address", "5. bus speed")

# Without the typed word nothing is written: nobody types, or somebody types something else.
before = eeprom()
assert before[1] == [True, True]
shows(emulate("provision", *kept, "--max-seconds", "3", code=4), "The plan:", "Type LOCK")
shows(emulate("provision", *kept, "--until", "Not LOCK", typed="lock\n"), "nothing was locked")
assert eeprom() == before, "the chip is no longer what it was"

# No key, no token. Then the word, the key and the locks; and a second time, nothing but the key.
shows(emulate("sign", *kept, "--until", "Flash `provision`"), "no slot of the chip that may sign holds a key")
made = emulate("provision", *kept, "--until", '{"keys"', typed="LOCK\n")
shows(made, "Configuration written and locked.", "Key made in slot 0.", "Data zone locked.")
locked = eeprom()
assert locked[1] == [False, False]
again = emulate("provision", *kept, "--until", '{"keys"')
shows(again, "is ready; nothing is changed.")
assert eeprom() == locked, "the second run changed the chip"
shows(emulate("scan", *kept, "--until", "Next:"), "config zone locked, data zone locked", "The chip is ready.")

# The printed key in both its forms.
pem = between(made, "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----") + "\n"
assert pem in again + "\n"
(jwk,) = json.loads(next(line for line in made.splitlines() if line.startswith('{"keys"')))["keys"]
point = base64.b64decode("".join(pem.splitlines()[1:-1]))[-64:]
assert (decoded(jwk["x"]), decoded(jwk["y"])) == (point[:32], point[32:]), "PEM and JWK are different keys"

# A token for the time that was typed, by the chip in the emulator's process and by one that is served.
now = 1_800_000_000
signed = emulate("sign", *kept, "--until", "password of", typed=f"{now}\n")
command = ["cargo", "run", "--quiet", "--locked", "-p", "atecc608-sim", "--", "serve", "--listen", "127.0.0.1:0"]
with subprocess.Popen([*command, "--state", state], text=True, stdout=subprocess.PIPE) as server:
    try:
        address = server.stdout.readline().split()[-1]
        served = emulate("sign", "--bus", address, "--until", "password of", typed=f"{now}\n")
    finally:
        server.terminate()
for text in (signed, served):
    token = token_of(text)
    header, claims = (json.loads(decoded(part)) for part in token.split(".")[:2])
    assert header["alg"] == "ES256", header
    assert (claims["iat"], claims["exp"], claims["aud"]) == (now, now + 3600, project), claims
    assert verifies(token, pem), "openssl refuses the token"
    head, _, signature = token.rpartition(".")
    assert not verifies(f"{head}x.{signature}", pem), "openssl accepts any token"
    checks += 1
print(f"{checks} lines and tokens on the emulated ESP32-C3 are as they should be; openssl verifies both tokens")
