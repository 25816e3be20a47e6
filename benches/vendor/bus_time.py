"""What Microchip's cryptoauthlib takes on the bus: `bus_time.py SIMULATOR JOBS`, with the line of JSON that
`peers --json` begins with. Prints a line of JSON for each operation at each clock."""

import json
import os
import pathlib
import subprocess
import sys

from proxy import Proxy

HERE = pathlib.Path(__file__).resolve().parent
CLOCKS = (100_000, 400_000, 1_000_000)


def library(directory):
    """The preload library, where Cargo puts it."""
    name = "libatecc608_sim_preload.so"
    return next(path for path in (directory / name, directory / "deps" / name) if path.exists())


def environment(simulator, address):
    """For a program that is to find the bus at this address."""
    return {
        **os.environ,
        "LD_PRELOAD": str(library(pathlib.Path(simulator).resolve().parent)),
        "ATECC608_SIM_SERVER": address,
        "PYTHONPATH": str(HERE.parent.parent / "interop/vendor"),
    }


def serve(simulator, *options, **more):
    """The simulator's server as a process, and its address."""
    command = [simulator, "serve", "--listen", "127.0.0.1:0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **more)
    return process, process.stdout.readline().split()[-1]


def measure(simulator, jobs, part, hz):
    chip, address = serve(simulator, "--seed", "42")
    try:
        host, port = address.rsplit(":", 1)
        proxy = Proxy((host, int(port)), hz)
        with subprocess.Popen(
            [sys.executable, HERE / "operations.py", part, jobs],
            env=environment(simulator, proxy.address),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            before = dict(proxy.totals)
            for line in child.stdout:
                spent = {name: count - before[name] for name, count in proxy.totals.items()}
                if not line.startswith("-"):
                    row = {"kind": "vendor", "name": line.strip(), "hz": hz, **spent}
                    row["us"] = row.pop("ns") // 1000
                    print(json.dumps(row), flush=True)
                before = dict(proxy.totals)
                child.stdin.write("\n")
                child.stdin.flush()
        if child.returncode:
            sys.exit(f"{part} at {hz} Hz ended with {child.returncode}")
    finally:
        chip.terminate()


def main(simulator, jobs):
    for hz in CLOCKS:
        for part in ("operations", "provisioning"):
            measure(simulator, jobs, part, hz)


if __name__ == "__main__":
    main(*sys.argv[1:])
