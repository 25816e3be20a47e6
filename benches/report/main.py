"""Everything that is measured, in one run: `main.py SIMULATOR [--update] [--vendor-flash]`. Prints the tables of
benches/README.md at the end and compares them with it, or writes them there."""

import json
import pathlib
import subprocess
import sys

import bus
import energy
import flash
import processor
import simulator as speed
from sections import compare, update

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
#: For the sources of cryptoauthlib, where Git does not look.
FOLDER = ROOT / "target/vendor"


def output(*command, **options):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def rows(*command):
    return [json.loads(line) for line in output(*command).splitlines()]


def main(simulator, *options):
    write = "--update" in options
    rustc = " ".join(output("rustc", "--version").split()[:2])

    failed, footprint = flash.sections(ROOT, write, rustc)
    measured = rows("cargo", "run", "--quiet", "--locked", "-p", "peers", "--", "--json")
    jobs = json.dumps(next(row for row in measured if row["kind"] == "jobs"))
    vendor = rows(sys.executable, "benches/vendor/bus_time.py", simulator, jobs)
    programs = output("cargo", "xtask", "footprint", "--steps").splitlines()
    instructions = rows("cargo", "run", "--quiet", "--locked", "--manifest-path", "lab/Cargo.toml",
                        "--target-dir", "target", "-p", "processor", "--", *programs)

    sections = [
        bus.section(measured, vendor),
        *footprint,
        processor.section(instructions, rustc),
        energy.section(measured, vendor),
        speed.section(
            output("cargo", "bench", "--quiet", "--locked", "--profile", "dev", "--bench", "simulator"),
            *rows(sys.executable, "benches/vendor/scale.py", simulator),
        ),
    ]
    summaries = [bus.summary(measured, vendor)]
    if "--vendor-flash" in options:
        (vendor_flash,) = rows(sys.executable, "benches/vendor/flash.py", FOLDER)
        sections.append(flash.vendor_section(vendor_flash))
        summaries.append(flash.vendor_summary(vendor_flash))
    for section in sections:
        print(f"\n== {section.name}\n\n{section.text}")
    print()
    files = {ROOT / "benches/README.md": sections, ROOT / "docs/measurements.md": summaries}
    for path, parts in files.items():
        if write:
            update(path, parts)
        else:
            failed |= compare(path, parts)
    if failed:
        sys.exit("the tables are not what was measured: look at the difference, then cargo xtask benches --update")


if __name__ == "__main__":
    main(*sys.argv[1:])
