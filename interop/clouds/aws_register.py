"""The script that registers devices of a manifest at AWS, with a CLI that stands for AWS's: `aws_register.py FLEET MANIFEST`, the
two example programs."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import harness
from harness import check

HERE = pathlib.Path(__file__).resolve().parent
SCRIPT = HERE.parent.parent / "examples/mtls/aws/register.py"
COUNT = 3
#: Calls that change nothing.
LOOKS = {"describe-certificate", "get-policy", "describe-endpoint"}


class Cloud:
    """Accounts in a file, and the folder of devices."""

    def __init__(self, folder, devices):
        self.file, self.devices = folder / "aws.json", folder / "devices"
        shutil.copytree(devices, self.devices)
        self.state = {
            "profiles": {
                "test": {"account": "111111111111", "region": "eu-central-1"},
                "production": {"account": "222222222222", "region": "us-east-1"},
            },
            "accounts": {},
            "calls": [],
            "fails": None,
        }

    def run(self, *options):
        self.state["calls"] = []
        self.file.write_text(json.dumps(self.state))
        # The program `aws` is Python, too, with the same packages.
        path = os.pathsep.join([str(HERE / "fake"), str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            [sys.executable, SCRIPT, self.devices, *options],
            env={**os.environ, "AWS_FAKE": str(self.file), "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        self.state = json.loads(self.file.read_text())
        self.said = done.stdout + done.stderr
        return done.returncode == 0

    def changes(self):
        return [call[2] for call in self.state["calls"] if call[2] not in LOOKS]

    def account(self, name):
        return self.state["accounts"].get(name, {"certificates": {}, "things": {}})

    def complete(self, name, status="ACTIVE"):
        """Whether everything is there as it should be."""
        account = self.account(name)
        number, region = name.split("/")
        rows = [json.loads(line) for line in (self.devices / "devices.jsonl").read_text().splitlines()]
        for row in rows:
            certificate = account["certificates"].get(row["sha256"])
            thing = account["things"].get(row["serial"].upper())
            if certificate is None or thing is None or certificate["status"] != status:
                return False
            arn = f"arn:aws:iot:{region}:{number}:cert/{row['sha256']}"
            if certificate["policies"] != ["atecc608-device"] or thing["principals"] != [arn]:
                return False
        return len(rows) == COUNT == len(account["certificates"]) == len(account["things"])


TEST, PRODUCTION = "111111111111/eu-central-1", "222222222222/us-east-1"
FIRST = ["--profile", "test", "--create-policy"]


def fresh(new):
    cloud = new()
    check("without the policy nothing is registered", not cloud.run("--profile", "test") and not cloud.changes())
    check("and that is said", "--create-policy" in cloud.said)
    check("all devices are registered", cloud.run(*FIRST) and cloud.complete(TEST))
    check("the endpoint is told", "a1b2c3-ats.iot.eu-central-1.amazonaws.com" in cloud.said)
    check("no CA is", all("ca-certificate" not in call[2] for call in cloud.state["calls"]))
    check("a second time nothing is done", cloud.run(*FIRST) and not cloud.changes() and f"{COUNT} devices are done" in cloud.said)
    again = cloud.run(*FIRST, "--again")
    check("looking again registers nothing twice", again and "register-certificate-without-ca" not in cloud.changes())
    check("nor changes anything", cloud.complete(TEST))


def several(new):
    cloud = new()
    good = cloud.run(*FIRST, "--profile", "production")
    check("two accounts have the same certificates", good and cloud.complete(TEST) and cloud.complete(PRODUCTION))
    good = cloud.run(*FIRST, "--region", "eu-central-1", "--region", "us-west-2")
    check("and a second region", good and cloud.complete("111111111111/us-west-2"))


def interrupted(new):
    count = 0
    for at in range(1, 100):
        cloud = new()
        cloud.state["fails"] = [at, "ThrottlingException"]
        if cloud.run(*FIRST):
            break
        stopped = "goes on where it stopped" in cloud.said
        before = len(cloud.account(TEST)["certificates"])
        good = stopped and cloud.run(*FIRST) and cloud.complete(TEST)
        registered = cloud.changes().count("register-certificate-without-ca")
        if not good or before + registered != COUNT:
            check(f"stopped at call {at}: {cloud.said}", False)
        count += 1
    # The policy twice, the endpoint, and five calls for each device.
    check(f"stopped at each of {count} calls, the second run does the rest", count == 3 + 5 * COUNT)
    cloud = new()
    cloud.run(*FIRST)
    ledger = cloud.devices / "aws-111111111111-eu-central-1.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-10])
    good = cloud.run(*FIRST) and f"{COUNT - 1} devices are done, 1 are not" in cloud.said
    check("a line that was cut off is done again", good and cloud.run(*FIRST) and not cloud.changes())


def refusals(new):
    cloud = new()
    cloud.state["fails"] = [3, "CertificateConflictException"]
    good = not cloud.run(*FIRST) and "with a CA" in cloud.said and "1 devices are not registered" in cloud.said
    check("a conflict is explained, and the others are registered", good and len(cloud.account(TEST)["things"]) == COUNT - 1)
    check("and it is once that is mended", cloud.run(*FIRST) and cloud.complete(TEST))
    cloud.state["fails"] = [2, "AccessDeniedException"]
    good = not cloud.run(*FIRST, "--again") and "may not do it" in cloud.said
    check("without permission it stops at once", good and len(cloud.state["calls"]) == 2)


def statuses(new):
    cloud = new()
    cloud.run(*FIRST)
    for certificate in cloud.state["accounts"][TEST]["certificates"].values():
        certificate["status"] = "REVOKED"
    good = cloud.run(*FIRST, "--again") and cloud.complete(TEST, status="REVOKED")
    check("what is revoked stays so, and is told", good and cloud.said.count("is REVOKED") == COUNT)
    check("unless it is asked for", cloud.run(*FIRST, "--again", "--reactivate") and cloud.complete(TEST))
    cloud.state["accounts"][TEST]["things"] = {
        name: {"attributes": {"room": "cellar"}, "principals": []} for name in cloud.state["accounts"][TEST]["things"]
    }
    check("things with attributes keep them", cloud.run(*FIRST, "--again") and cloud.complete(TEST))


def distrust(new, manifest, fleet):
    cloud = new()
    pems = sorted((cloud.devices / "certificates").iterdir())
    one, other = pems[0].read_text(), pems[1].read_text()
    pems[0].write_text(other)
    good = not cloud.run(*FIRST) and "is not the certificate that devices.jsonl names" in cloud.said
    check("an exchanged certificate stops everything", good and cloud.state["calls"] == [])
    pems[0].write_text(one)
    rows = cloud.devices / "devices.jsonl"
    lines = rows.read_text()
    rows.write_text(lines.replace('"thing":"', '"thing":"X', 1))
    check("so does another name for the thing", not cloud.run(*FIRST) and "is no serial number" in cloud.said)
    rows.write_text(lines + lines.splitlines()[0] + "\n")
    check("so does a chip that is there twice", not cloud.run(*FIRST) and "twice" in cloud.said)
    cloud.devices = fleet / "manifest.json"
    check("a manifest is not taken as it is", not cloud.run(*FIRST) and "first verified" in cloud.said)

    out = cloud.file.parent / "exported"
    signer, root = fleet / "ca/manifest-signer.pem", fleet / "ca/root.pem"
    run = lambda *arguments: subprocess.run([manifest, *arguments], capture_output=True, text=True, check=False)
    for change in (lambda text: text, lambda text: text.replace('"signature":"', '"signature":"A', 1)):
        text = (fleet / "manifest.json").read_text()
        file = cloud.file.parent / "manifest.json"
        file.write_text(change(text))
        done = run(file, "--signer", signer, "--root", root, "--out", out)
        if change(text) == text:
            same = (out / "devices.jsonl").read_text() == (fleet / "devices.jsonl").read_text()
            check("a manifest is verified and exported", done.returncode == 0 and same)
            shutil.rmtree(out)
        else:
            check("one that was changed is not", done.returncode != 0 and not out.exists())
    done = run(fleet / "manifest.json", "--signer", signer, "--out", out)
    check("without Microchip's root neither", done.returncode != 0 and "root" in done.stderr and not out.exists())
    done = run(fleet / "manifest.json", "--root", root, "--out", out)
    check("nor without who signs manifests", done.returncode != 0 and "--signer is missing" in done.stderr)


def main(fleet_program, manifest_program):
    with tempfile.TemporaryDirectory(prefix="aws-register-") as name:
        folder = pathlib.Path(name)
        fleet = folder / "fleet"
        subprocess.run(
            [fleet_program, "--chips", str(COUNT), "--failures", "0", "--out", fleet], check=True, capture_output=True
        )
        numbers = iter(range(1_000_000))

        def new():
            place = folder / str(next(numbers))
            place.mkdir()
            return Cloud(place, fleet)

        fresh(new)
        several(new)
        interrupted(new)
        refusals(new)
        statuses(new)
        distrust(new, manifest_program, fleet)
    return harness.finish("Registering at AWS")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
