"""What the clients of all clouds have in common: a mock cloud that runs, and what was found."""

import json
import subprocess
import tempfile

#: Longest wait for anything, in seconds: only a stop for what hangs.
PATIENCE = 20

passed, failed = [], []


def check(what, holds):
    (passed if holds else failed).append(what)
    print(f"{'ok    ' if holds else 'FAILED'} {what}", flush=True)


def finish(name):
    """The exit code."""
    print(f"{name}: {len(passed)} operations passed, {len(failed)} failed")
    return bool(failed) or not passed


class Cloud:
    """A mock cloud, and what it says of itself: `with Cloud(program, "aws") as cloud`."""

    def __init__(self, program, *arguments):
        self.folder = tempfile.TemporaryDirectory(prefix="mock-cloud-")
        self.command = [program, *arguments, "--dir", self.folder.name]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.command[0]} did not start")
        self.says = json.loads(line)
        return self

    def __getitem__(self, name):
        return self.says[name]

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()
