"""What was compared, counted by the vendor's calls: the same answer, the same refusal, a difference that is listed
with its reason. Anything else is a failure."""

import collections
import json

import certificate_known as known
from certificate_library import Refused as RefusedByLibrary
from cryptoauthlib import Status
from driver import Refused as RefusedByDriver
from harness import Failure

SAME, REFUSED = "same", "refused"


class Refusal:
    """What both sides can agree on without the same words."""

    def __init__(self, why):
        self.why = str(why)

    def __eq__(self, other):
        return isinstance(other, Refusal)

    def __repr__(self):
        return f"refused ({self.why})"


#: What the library says when it did not hear the chip: no refusal.
UNHEARD = (Status.ATCA_COMM_FAIL, Status.ATCA_RX_NO_RESPONSE, Status.ATCA_RX_TIMEOUT, Status.ATCA_WAKE_FAILED)


def outcome(call):
    """What a call gives."""
    try:
        return call()
    except RefusedByLibrary as error:
        if error.status in [int(status) for status in UNHEARD]:
            raise Failure(f"the library did not hear the chip: {error}") from error
        return Refusal(error)
    except RefusedByDriver as error:
        return Refusal(error)


def show(value):
    return value.hex() if isinstance(value, (bytes, bytearray)) else repr(value)


class Table:
    """The counts of one process."""

    def __init__(self):
        self.counts = collections.defaultdict(collections.Counter)
        self.vectors = []
        self.failures = []

    def compare(self, call, what, *sides, reason=None):
        """All sides, callables, give the same; if there is a reason, they do not."""
        outcomes = [outcome(side) for side in sides]
        same = all(value == outcomes[0] for value in outcomes[1:])
        if same and reason is None:
            self.counts[call][REFUSED if isinstance(outcomes[0], Refusal) else SAME] += 1
        elif not same and reason is not None:
            assert reason in known.DIFFERENCES[call], reason
            self.counts[call][reason] += 1
        elif len(self.failures) < 50:
            why = f"the same, although listed as different ({reason})" if same else "different"
            self.failures.append(f"{call} {what}: {why}: {' / '.join(show(value) for value in outcomes)}")
        return outcomes[0]

    def vector(self, name, call, expected, *sides):
        """A published or noted value, by its name."""
        outcomes = [outcome(side) for side in sides]
        if any(value != expected for value in outcomes):
            self.failures.append(
                f"vector {name}: {[show(value) for value in outcomes]}, not {show(expected)}"
            )
        self.counts[call][REFUSED if isinstance(expected, Refusal) else SAME] += 1
        self.vectors.append(name)

    def step(self, function, *arguments):
        """A part of a scenario. The next one runs even if this one fails."""
        try:
            function(self, *arguments)
        except (Failure, RefusedByLibrary, RefusedByDriver, AssertionError) as error:
            self.failures.append(f"{function.__module__}.{function.__name__}: {type(error).__name__} {error}")

    def write(self, file):
        with open(file, "w") as out:
            json.dump({"counts": self.counts, "vectors": self.vectors, "failures": self.failures}, out)
