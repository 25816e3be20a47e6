"""Flash and stack: the tables of `cargo xtask footprint`."""

import re
import subprocess

from bus import VENDOR
from sections import Section

#: Section and the first word of its table.
TABLES = {"flash": "Program", "stack": "Operation", "csr-stack": "Request"}


def sections(root, update, rustc):
    """Whether `cargo xtask footprint` failed, and its tables."""
    command = ["cargo", "xtask", "footprint", *(["--update"] if update else [])]
    run = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=False)
    print("\n".join(line for line in run.stdout.splitlines() if not line.startswith("|")))
    tables = re.findall(r"(?:^\|.*\n)+", run.stdout, re.MULTILINE)
    found = []
    for name, word in TABLES.items():
        (table,) = (table for table in tables if table.startswith(f"| {word} |"))
        found.append(Section(name, table.rstrip(), built_by=rustc))
    return run.returncode != 0, found


def vendor_section(row):
    """cryptoauthlib's flash, in C: `benches/vendor/flash.py`."""
    lines = [
        "| Program | `thumbv6m` | data | bss |",
        "|---|---:|---:|---:|",
        f"| {VENDOR}, C | {row['text']:,} B ({row['text'] - row['mem']:,}) | {row['data']} B | {row['bss']} B |",
    ]
    return Section("vendor-flash", "\n".join(lines), built_by=row["built by"])


def vendor_summary(row):
    """One sentence for the project's README."""
    text = (
        f"{VENDOR} takes {row['text']:,} B ({row['text'] - row['mem']:,}; `thumbv6m`, in C, `-Os`, LTO), and {row['data'] + row['bss']} B of static RAM "
        "for its buffers."
    )
    return Section("vendor-flash", text)
