"""What Microchip's cryptoauthlib takes on the bus, at 100 kHz: `bus_time.py SIMULATOR`.

A proxy between the preload library and the simulator's server counts bits and delays, as the server's own clock does.
"""

import os
import pathlib
import socket
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
BIT_US = 10
#: Length of each operation's argument, and its bits on the wire.
OPERATIONS = {b"S": (1, 10), b"W": (1, 9), b"R": (0, 9), b"P": (0, 1), b"D": (4, 0), b"F": (4, 0)}
totals = {"bytes": 0, "trans.": 0, "us": 0}


def exactly(sock, length):
    data = b""
    while len(data) < length:
        piece = sock.recv(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def relay(client, server):
    try:
        while True:
            operation = exactly(client, 1)
            length, bits = OPERATIONS[operation]
            argument = exactly(client, length)
            totals["us"] += bits * BIT_US
            totals["bytes"] += operation in (b"S", b"W", b"R")
            totals["trans."] += operation == b"P"
            if operation == b"D":
                totals["us"] += int.from_bytes(argument, "little")
            server.sendall(operation + argument)
            client.sendall(exactly(server, 1))
    except (EOFError, OSError):
        server.close()


def accept(listener, address):
    while True:
        client, _ = listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = socket.create_connection(address)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=relay, args=(client, server), daemon=True).start()


def library(directory):
    """The preload library, where Cargo puts it."""
    name = "libatecc608_sim_preload.so"
    return next(path for path in (directory / name, directory / "deps" / name) if path.exists())


def main(simulator):
    command = [simulator, "serve", "--listen", "127.0.0.1:0", "--seed", "42"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as chip:
        try:
            host, port = chip.stdout.readline().split()[-1].rsplit(":", 1)
            listener = socket.create_server(("127.0.0.1", 0))
            threading.Thread(target=accept, args=(listener, (host, int(port))), daemon=True).start()
            environment = {
                **os.environ,
                "LD_PRELOAD": str(library(pathlib.Path(simulator).resolve().parent)),
                "ATECC608_SIM_SERVER": f"127.0.0.1:{listener.getsockname()[1]}",
                "PYTHONPATH": str(HERE.parent.parent / "interop/vendor"),
            }
            child = subprocess.Popen(
                [sys.executable, HERE / "operations.py"],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            print(f"{'cryptoauthlib':<20}" + "".join(f"{name:>9}" for name in totals))
            before = dict(totals)
            for line in child.stdout:
                spent = "".join(f"{totals[name] - before[name]:>9}" for name in totals)
                if not line.startswith("-"):
                    print(f"{line.strip():<20}{spent}")
                before = dict(totals)
                child.stdin.write("\n")
                child.stdin.flush()
            return child.wait()
        finally:
            chip.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
