"""Microchip's cryptoauthlib against the simulator: every scenario on a chip of its own, then a table of the
calls. `run.py SIMULATOR [OPTIONS]`, with options of the simulator's `run`."""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import known
from harness import CALLS

#: In this order; the seed of each chip is its place.
SCENARIOS = {
    "blank": "blank",
    "config_locked": "configuration locked",
    "memory": "fully locked: memory",
    "keys": "fully locked: keys and signatures",
    "secrets": "fully locked: digests, MACs, derivation, secure boot",
    "aes": "fully locked: AES",
}

HERE = pathlib.Path(__file__).resolve().parent


def main(simulator, *options):
    good, refused = collections.Counter(), collections.Counter()
    problems = collections.defaultdict(list)
    for seed, (name, title) in enumerate(SCENARIOS.items()):
        with tempfile.NamedTemporaryFile() as report:
            command = [
                simulator,
                "run",
                *options,
                "--seed",
                str(seed),
                "--",
                sys.executable,
                HERE / "one.py",
                name,
                report.name,
            ]
            status = subprocess.run(command, check=False).returncode
            text = report.read()
        if status != 0 or not text:
            sys.exit(f"the scenario {name} ended with {status}")
        counts = json.loads(text)
        good.update(counts["good"])
        refused.update(counts["refused"])
        for call, message in counts["failures"]:
            problems[call].append(message)
        print(
            f"{title}: {sum(counts['good'].values())} answers, {sum(counts['refused'].values())} refusals, "
            f"{len(counts['failures'])} failures"
        )

    print(f"\n{'call':34}{'answers':>9}{'refusals':>9}")
    for call in CALLS:
        problems[call] += verdict(call, good[call], refused[call])
        note = known.CANNOT_PASS.get(call) or known.NO_REFUSAL.get(call) or ""
        print(f"{call:34}{good[call]:9}{refused[call]:9}  {'FAILED' if problems[call] else note}")
    failed = sorted((call or "harness", messages) for call, messages in problems.items() if messages)
    for call, messages in failed:
        for message in messages:
            print(f"FAILED {call}: {message}")
    cannot = len(known.CANNOT_PASS)
    print(
        f"{sum(good.values())} answers and {sum(refused.values())} refusals checked; {cannot} calls can't pass"
    )
    broken = {call for call, _ in failed}
    passed = [call for call in CALLS if call not in broken and call not in known.CANNOT_PASS]
    print(f"{len(passed)} passed, {len(failed)} failed")
    return bool(failed)


def verdict(call, answers, refusals):
    """What is wrong with the counts of a call."""
    if call in known.CANNOT_PASS:
        if answers:
            yield "passes, although it is listed as one that can't"
        return
    if not answers:
        yield "never succeeded"
    if call in known.NO_REFUSAL:
        if refusals:
            yield "was refused, although it is listed as one that can't be"
    elif not refusals:
        yield "was never refused"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
