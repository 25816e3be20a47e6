"""This project's driver as a program that answers lines (`interop/driver`)."""

import json
import subprocess


class Refused(Exception):
    """The driver says no, and why."""


class Driver:
    """The program, as long as it runs."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen(
            [program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, call, **arguments):
        """The answer; bytes are sent as hexadecimal digits."""
        self.process.stdin.write(json.dumps({"call": call, **arguments}, default=bytes.hex) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "refused" in answer:
            raise Refused(answer["refused"])
        assert "ok" in answer, (answer, call, arguments)
        return answer["ok"]

    def member(self, member, call, **arguments):
        return bytes.fromhex(self.ask(call, **arguments)[member])

    def bytes(self, call, **arguments):
        return bytes.fromhex(self.ask(call, **arguments))
