#!/usr/bin/env python3
"""No dependency that users of the driver or the simulator build may need a newer Rust than ours."""
import json
import subprocess
import sys


def version(text):
    return tuple(int(part) for part in (text + ".0.0").split(".")[:3])


metadata = json.loads(
    subprocess.check_output(["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"])
)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
roots = [p for p in packages.values() if p["name"] in ("atecc608", "atecc608-cloud", "atecc608-config", "atecc608-sim")]
assert len(roots) == 4, "all published packages are in the workspace"

todo, seen = [root["id"] for root in roots], set()
while todo:
    node = todo.pop()
    if node in seen:
        continue
    seen.add(node)
    for dependency in nodes[node]["deps"]:
        if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
            todo.append(dependency["pkg"])

ours = version(roots[0]["rust_version"])
bad = [
    f"{p['name']} {p['version']} needs Rust {p['rust_version']}"
    for p in (packages[i] for i in seen)
    if p["rust_version"] and version(p["rust_version"]) > ours
]
print(f"{len(seen)} packages, Rust {roots[0]['rust_version']} stated")
if bad:
    sys.exit("\n".join(bad))
