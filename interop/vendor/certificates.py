"""Certificates by Microchip's cryptoauthlib and by the driver: every scenario on a chip of its own, then a table of
the calls, which has to be the one in interop/README.md. `certificates.py SIMULATOR DRIVER [--update]`."""

import collections
import inspect
import json
import pathlib
import subprocess
import sys
import tempfile

import certificate_known as known
from certificate_published import FOLDER as PUBLISHED
from certificate_table import REFUSED, SAME
from cryptoauthlib import atcacert, tng

#: Module, title, 8-bit address, options of the simulator.
SCENARIOS = (
    ("vectors", "published and noted values", "0xC0", "--seed 1"),
    ("dates", "dates at random", "0xC0", "--seed 1"),
    ("forms", "certificates at random: 72 bytes and back", "0xC0", "--seed 1"),
    ("parts", "certificates at random: what is in them", "0xC0", "--seed 1"),
    ("wrong", "what is wrong", "0xC0", "--seed 1"),
    ("csr", "requests", "0x6A", "--preset tngtls"),
    ("written", "written by one, read by the other", "0xC0", "--seed 1"),
    ("no_trust", "no chip of Microchip's provisioning", "0xC0", "--preset helium"),
)
#: Presets with certificates, their addresses, and how many chips.
TRUST = (
    ("tngtls-published", "0x6A", 1),
    ("tngtls", "0x6A", 4),
    ("tngtls-legacy", "0x6A", 4),
    ("tflxtls", "0x6C", 4),
    ("tnglora", "0xB2", 4),
    ("tngact", "0xB2", 4),
)

HERE = pathlib.Path(__file__).resolve().parent
README = HERE.parent / "README.md"
START, END = "<!-- certificates: this table is what the run prints -->\n", "<!-- certificates: end -->\n"


def calls():
    """The functions of the Python package, and those of the library that are called by ctypes."""
    package = [
        name
        for module in (atcacert, tng)
        for name, value in inspect.getmembers(module, inspect.isfunction)
        if name.startswith(("atcacert_", "tng_"))
    ]
    return sorted({*package, *known.COMPILED})


def scenarios(simulator):
    """All of them, with the chain that the chip has."""
    for name, title, address, chip in SCENARIOS:
        yield name, title, address, chip, ""
    for preset, address, count in TRUST:
        for seed in range(count):
            chip = f"--preset {preset} --seed {seed}"
            if preset == "tngtls-published":
                chain = "".join(
                    (PUBLISHED / f"{name}.pem").read_text() for name in ("device", "signer", "root")
                )
            else:
                command = [simulator, "chain", preset, "--seed", str(seed)]
                chain = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            yield "trust", f"{preset}, seed {seed}", address, chip, chain


def run(simulator, driver, name, address, chip, chain):
    """What a scenario found."""
    with tempfile.NamedTemporaryFile() as report, tempfile.NamedTemporaryFile("w") as certificates:
        certificates.write(chain)
        certificates.flush()
        command = [
            simulator,
            "run",
            *chip.split(),
            "--",
            sys.executable,
            HERE / "certificate_one.py",
            name,
            address,
        ]
        files = [report.name, driver, *([certificates.name] if chain else [])]
        status = subprocess.run([*command, *files], check=False).returncode
        text = report.read()
    if status != 0 or not text:
        sys.exit(f"the scenario {name} ended with {status}")
    return json.loads(text)


def main(simulator, driver, *options):
    counts = collections.defaultdict(collections.Counter)
    vectors, failures = [], []
    for name, title, address, chip, chain in scenarios(simulator):
        found = run(simulator, driver, name, address, chip, chain)
        total = sum(sum(count.values()) for count in found["counts"].values())
        print(f"{title}: {total} comparisons, {len(found['failures'])} failures", flush=True)
        for call, count in found["counts"].items():
            counts[call].update(count)
        vectors += found["vectors"]
        failures += found["failures"]

    table = rows(counts, vectors)
    print(table)
    failures += [problem for call in {*calls(), *counts} for problem in verdict(call, counts[call])]
    failures += in_readme(table, "--update" in options)
    for failure in failures:
        print(f"FAILED {failure}")
    agree = sum(count[SAME] + count[REFUSED] for count in counts.values())
    print(f"{agree} agreements, {len(vectors)} vectors, {len(failures)} failed")
    return bool(failures)


def rows(counts, vectors):
    """The table, in Markdown, and below it why library and driver differ, and which vectors both give."""
    lines = ["| Call | The same answer | Refused by both | Different |", "|---|---|---|---|"]
    for call in calls():
        count = counts[call]
        different = sum(count[reason] for reason in known.DIFFERENCES.get(call, ())) or ""
        lines.append(f"| `{call}` | {count[SAME]} | {count[REFUSED]} | {different} |")
    lines += ["", "| Call | Different | Why |", "|---|---|---|"]
    for call, reasons in known.DIFFERENCES.items():
        lines += [f"| `{call}` | {counts[call][reason]} | {why} |" for reason, why in reasons.items()]
    lines += ["", "Vectors, as published or noted:", "", *(f"* {vector}" for vector in vectors)]
    return "\n".join(lines) + "\n"


def verdict(call, count):
    """What is wrong with the counts of a call."""
    if call not in calls():
        yield f"{call} is compared, and not in the list"
    if call in known.CANNOT_PASS:
        if count[SAME]:
            yield f"{call} passes, although it is listed as one that can't"
        return
    if not count[SAME]:
        yield f"{call} never gave what the driver gives"
    if call in known.NO_REFUSAL:
        if count[REFUSED]:
            yield f"{call} was refused, although it is listed as one that can't be"
    elif not count[REFUSED]:
        yield f"{call} was never refused"
    for reason in known.DIFFERENCES.get(call, {}):
        if not count[reason]:
            yield f"{call}: a difference is listed and did not occur: {reason}"


def in_readme(table, update):
    """The README has this table, word by word."""
    text = README.read_text()
    before, rest = text.split(START)
    old, after = rest.split(END)
    if old == table:
        return []
    if update:
        README.write_text(before + START + table + END + after)
        return []
    return ["the table in interop/README.md is another: cargo xtask interop --update"]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
