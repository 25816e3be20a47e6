"""A proxy between the preload library and the simulator's server: sets the bus's clock, and counts what goes over the
bus the way the server's own clock does."""

import socket
import threading

#: Length of each operation's argument, and its bits on the wire (`sim/docs/i2c-wire.md`).
OPERATIONS = {b"S": (1, 10), b"W": (1, 9), b"R": (0, 9), b"P": (0, 1), b"D": (4, 0), b"F": (4, 0)}
#: The clock that the library asks its port for while it wakes the chip and reads the wake response, if the bus is faster.
WAKE_HZ = 100_000


def exactly(sock, length):
    data = b""
    while len(data) < length:
        piece = sock.recv(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


class Proxy:
    """Relays masters to the server at `address`, on a bus of `hz`. A port for Linux cannot change the clock, so this
    does it where the library asks for it: down for the byte to address 0, up again after the answer to it."""

    def __init__(self, address, hz):
        self.server, self.hz = address, hz
        self.totals = {"operations": 0, "bytes": 0, "transactions": 0, "ns": 0}
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(self.server)
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._relay, args=(client, server), daemon=True).start()

    def _relay(self, client, server):
        def set_clock(hz):
            server.sendall(b"F" + hz.to_bytes(4, "little"))
            exactly(server, 1)
            return hz

        try:
            now_hz, answered = set_clock(self.hz), False
            while True:
                operation = exactly(client, 1)
                length, bits = OPERATIONS[operation]
                argument = exactly(client, length)
                if operation == b"S" and argument == b"\0":
                    now_hz, answered = set_clock(min(WAKE_HZ, self.hz)), False
                self.totals["ns"] += bits * 1_000_000_000 // now_hz
                self.totals["operations"] += 1
                self.totals["bytes"] += operation in (b"S", b"W", b"R")
                self.totals["transactions"] += operation == b"P"
                if operation == b"D":
                    self.totals["ns"] += 1000 * int.from_bytes(argument, "little")
                server.sendall(operation + argument)
                answer = exactly(server, 1)
                answered |= operation == b"R"
                if operation == b"P" and answered and now_hz != self.hz:
                    now_hz = set_clock(self.hz)
                client.sendall(answer)
        except (EOFError, OSError):
            server.close()
