"""Known advisories (RustSec's database) about what the lock files name."""

import os
import pathlib
import re
import subprocess
import tempfile
import tomllib

DATABASE = "https://github.com/rustsec/advisory-db"


def number(text: str) -> tuple:
    """A version to compare by; what is before a release comes before it."""
    text, _, _ = text.strip().partition("+")
    core, _, before = text.partition("-")
    parts = [int(part) for part in core.split(".")]
    parts += [0] * (3 - len(parts))
    names = tuple((0, int(name), "") if name.isdigit() else (1, 0, name) for name in before.split(".") if name)
    return (*parts, not before, names)


def behind(text: str) -> tuple:
    """The first version that `^text` leaves out."""
    parts = [int(part) for part in text.split("-")[0].split("+")[0].split(".")]
    place = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
    return number(".".join(str(part) for part in [*parts[:place], parts[place] + 1]))


def meets(version: str, requirement: str) -> bool:
    """As Cargo reads requirements, of those kinds that the database uses."""
    this = number(version)
    for term in requirement.split(","):
        sign, text = re.fullmatch(r"\s*(>=|<=|>|<|=|\^|~)?\s*(\d[^\s]*)\s*", term).groups()
        that = number(text)
        if sign == "~":
            major, minor, *_ = that
            good = that <= this < number(f"{major}.{minor + 1}")
        elif sign in ("^", None):
            good = that <= this < behind(text)
        else:
            good = {">=": this >= that, "<=": this <= that, ">": this > that, "<": this < that, "=": this == that}[sign]
        if not good:
            return False
    return True


# A check that finds nothing must be one that can.
for version, requirement, good in [
    ("1.2.3", ">= 1.2.0, < 1.3.0", True), ("1.3.0", "^1.2.0, < 1.3.0", False), ("0.2.5", "^0.2.1", True),
    ("0.3.0", "^0.2.1", False), ("1.0.0-rc.1", ">= 1.0.0", False), ("0.10.55", "= 0.10.55", True), ("1.4.9", "~1.4", True),
]:
    assert meets(version, requirement) == good, (version, requirement)


def database() -> pathlib.Path | None:
    """A Git directory or a checkout: the one that ADVISORY_DB names, else RustSec's, if it can be reached."""
    if given := os.environ.get("ADVISORY_DB"):
        return pathlib.Path(given)
    folder = pathlib.Path(tempfile.mkdtemp()) / "advisory-db"
    command = ["git", "clone", "--quiet", "--depth", "1", DATABASE, str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
    except (subprocess.SubprocessError, OSError):
        return None
    return folder


def git(folder: pathlib.Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True).stdout


def advisories(folder: pathlib.Path, names: set[str]) -> list[dict]:
    """Those about these packages."""
    paths = git(folder, "ls-tree", "-r", "-z", "--name-only", "HEAD", "crates").decode().split("\0")
    found = []
    for path in paths:
        if path.endswith(".md") and path.split("/")[1] in names:
            text = git(folder, "show", f"HEAD:{path}").decode()
            found.append(tomllib.loads(text.split("```toml", 1)[1].split("```", 1)[0]))
    return found


def check(folder: pathlib.Path, locks: list[pathlib.Path], ignored: dict[str, str]) -> list[str]:
    """What is known to be wrong, and what is ignored for nothing."""
    packages: dict[tuple[str, str], list[str]] = {}
    for lock in locks:
        for package in tomllib.loads(lock.read_text())["package"]:
            if "source" in package:
                packages.setdefault((package["name"], package["version"]), []).append(os.path.relpath(lock))
    listed = advisories(folder, {name for name, _ in packages})
    troubles, used = [], set()
    for entry in listed:
        advisory, versions = entry["advisory"], entry.get("versions", {})
        good = [*versions.get("patched", []), *versions.get("unaffected", [])]
        for (name, version), where in packages.items():
            if name != advisory["package"] or "withdrawn" in advisory or any(meets(version, one) for one in good):
                continue
            used.add(advisory["id"])
            kind = advisory.get("informational", "vulnerability")
            text = f"{name} {version}: {advisory['id']}, {kind}; in {', '.join(where)}"
            if advisory["id"] in ignored:
                print(f"{text}\n  passed: {ignored[advisory['id']]}")
            else:
                troubles.append(text)
    troubles += [f"{id} is ignored for nothing (deny.toml)" for id in ignored if id not in used]
    date = git(folder, "log", "-1", "--format=%cs").decode().strip()
    print(f"advisories: database of {date}, {len(packages)} packages, {len(listed)} advisories about them by name")
    return troubles
