"""What bounds the run of Microchip's library against the simulator (`interop/vendor/run.py`): `scale.py SIMULATOR`.
Prints a line of JSON: how much is done, and where the time of this machine goes."""

import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

from bus_time import environment, serve
from proxy import Proxy

INTEROP = pathlib.Path(__file__).resolve().parent.parent.parent / "interop/vendor"
sys.path.insert(0, str(INTEROP))
from run import SCENARIOS  # noqa: E402

SIDES = ("library", "library system", "simulator", "simulator system")
#: A line of the server's log: when the command began, and how long it took.
COMMAND = re.compile(r"^at (\d+) us, (\d+) us: opcode", re.MULTILINE)


def scenario(name, simulator, address):
    """Runs it on the bus at this address."""
    command = [sys.executable, INTEROP / "one.py", name, os.devnull]
    subprocess.run(command, env=environment(simulator, address), check=True, stdout=subprocess.DEVNULL)


def children():
    """Seconds that ended children have had of the processor: their own, and the system's for them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime, usage.ru_stime


def stop(server):
    server.terminate()
    server.wait()


def measured(simulator):
    """Commands of the chip, virtual and real seconds, and what both sides had of the processor in them."""
    totals = dict.fromkeys(("commands", "virtual", "real", *SIDES), 0)
    for seed, name in enumerate(SCENARIOS):
        with tempfile.TemporaryFile("w+") as log:
            server, address = serve(simulator, "--seed", str(seed), "--verbose", stderr=log)
            begin, before = time.monotonic(), children()
            scenario(name, simulator, address)
            totals["real"] += time.monotonic() - begin
            between = children()
            stop(server)
            spent = [end - start for start, end in zip((*before, *between), (*between, *children()))]
            for side, seconds in zip(SIDES, spent):
                totals[side] += seconds
            log.seek(0)
            done = COMMAND.findall(log.read())
        totals["commands"] += len(done)
        totals["virtual"] += sum(map(int, done[-1])) / 1e6
    return totals


def round_trips(simulator, name="blank"):
    """How often the library asks the server for each command of the chip, in one of the scenarios."""
    with tempfile.TemporaryFile("w+") as log:
        server, address = serve(simulator, "--verbose", stderr=log)
        host, port = address.rsplit(":", 1)
        proxy = Proxy((host, int(port)), 100_000)
        scenario(name, simulator, proxy.address)
        stop(server)
        log.seek(0)
        return proxy.totals["operations"] / len(COMMAND.findall(log.read()))


def main(simulator):
    print(json.dumps({"kind": "scale", "round trips": round_trips(simulator), **measured(simulator)}))


if __name__ == "__main__":
    main(sys.argv[1])
