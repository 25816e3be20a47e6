#!/usr/bin/env python3
"""Registers devices at AWS IoT Core, each by its certificate and without a CA (multi-account registration).

    register.py DEVICES --profile PROFILE [--profile PROFILE]... [--region REGION]... [options]

DEVICES is the folder that `cargo run -p atecc608-fleet --example manifest` or `cargo run --example fleet` has written from a
manifest that was verified: devices.jsonl and certificates/SERIAL.pem. A manifest itself is not taken: anybody can
write one.

In each account and region, for each device: the certificate is registered and ACTIVE, the policy is attached to it, there
is a thing named by the chip's serial number in upper case, and the certificate is attached to that. What is there
already is left as it is, so the script can be stopped and run again: what is done stands in DEVICES/aws-ACCOUNT-REGION.jsonl.
A certificate that somebody has revoked or switched off stays so, unless --reactivate is given.

Never register the CA of Trust&GO certificates: it signs strangers' chips, too. Devices have to send the endpoint's full
name (SNI), by which AWS finds the account.

It calls the AWS CLI, version 2, and nothing else. Not tried at the real cloud: nobody here has an account.
"""

import argparse
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SERIAL = re.compile(r"[0-9a-f]{18}")
ADVICE = {
    "CertificateConflictException": "another certificate of this key, or this one with a CA, is registered; describe and delete it first",
    "CertificateValidationException": "AWS does not take this certificate: its signature, its key, or its dates",
    "CertificateStateException": "the certificate's status does not permit it",
    "ResourceNotFoundException": "something is not there; was it deleted just now?",
    "LimitExceededException": "a quota of the account is used up; ask for more of it, or use another region",
    "ThrottlingException": "too many calls; it goes on where it stopped when it is run again",
    "UnauthorizedException": "the profile may not do it",
    "AccessDeniedException": "the profile may not do it; it needs the iot: actions that README.md lists",
    "ExpiredTokenException": "log in again: aws sso login",
}


#: With these the next device fares no better.
HOPELESS = {"ThrottlingException", "AccessDeniedException", "UnauthorizedException", "ExpiredTokenException", "LimitExceededException"}


class Failure(Exception):
    """What a person is told."""


class Refused(Exception):
    """An error of the service, by its name."""

    def __init__(self, call, name, text):
        super().__init__(f"aws iot {call}: {name}: {ADVICE.get(name, text)}")
        self.name = name


class Account:
    """An account in a region, by a profile of the AWS CLI."""

    def __init__(self, profile, region):
        self.options = ["--profile", profile] + (["--region", region] if region else [])
        self.region = region or self.text("configure", "get", "region")
        if not self.region:
            raise Failure(f"profile {profile} has no region; give --region")
        self.number = self.call("sts", "get-caller-identity")["Account"]

    def run(self, *arguments):
        # Retries are the CLI's.
        environment = {"AWS_RETRY_MODE": "adaptive", "AWS_MAX_ATTEMPTS": "10", "AWS_PAGER": "", **os.environ}
        try:
            return subprocess.run(
                ["aws", *arguments, *self.options], env=environment, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise Failure("the AWS CLI is not there: aws, version 2") from None

    def text(self, *arguments):
        return self.run(*arguments).stdout.strip()

    def call(self, *arguments):
        done = self.run(*arguments, "--output", "json")
        if done.returncode == 0:
            return json.loads(done.stdout) if done.stdout.strip() else {}
        error = re.search(r"An error occurred \((\w+)\)", done.stderr)
        if error is None:
            raise Failure(f"aws {' '.join(arguments[:2])} failed: {done.stderr.strip()}")
        raise Refused(arguments[1], error[1], done.stderr.strip())

    def iot(self, call, **parameters):
        arguments = []
        for name, value in parameters.items():
            arguments += [f"--{name.replace('_', '-')}", value]
        return self.call("iot", call, *arguments)

    def ensure_policy(self, name, document):
        """The policy is there; from the file, if one is given."""
        try:
            return self.iot("get-policy", policy_name=name)
        except Refused as refused:
            if refused.name != "ResourceNotFoundException":
                raise
        if document is None:
            raise Failure(f"account {self.number} has no policy {name} in {self.region}; --create-policy makes it")
        text = document.read_text().replace("REGION", self.region).replace("ACCOUNT", self.number)
        # Without white space: a policy has room for 2048 characters.
        return self.iot(
            "create-policy", policy_name=name, policy_document=json.dumps(json.loads(text), separators=(",", ":"))
        )

    def status(self, certificate):
        """ACTIVE and so on; nothing if it is not registered."""
        try:
            found = self.iot("describe-certificate", certificate_id=certificate)
        except Refused as refused:
            if refused.name == "ResourceNotFoundException":
                return None
            raise
        return found["certificateDescription"]["status"]


class Device:
    """A device of the folder, whose certificate is the one that its line names."""

    def __init__(self, row, folder):
        serial = row.get("serial", "")
        if not SERIAL.fullmatch(serial) or row.get("thing") != serial.upper():
            raise Failure(f"devices.jsonl: {serial!r} is no serial number of a chip")
        path = folder / "certificates" / f"{serial}.pem"
        text = path.read_text()
        block = re.match(r"-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n", text)
        if block is None:
            raise Failure(f"{path}: no certificate in PEM")
        self.serial, self.thing, self.pem = serial, row["thing"], block[0]
        # AWS names certificates so, too.
        self.certificate = hashlib.sha256(base64.b64decode(block[1])).hexdigest()
        if self.certificate != row.get("sha256"):
            raise Failure(f"{path} is not the certificate that devices.jsonl names; export the manifest again")


class Ledger:
    """What is done in an account."""

    def __init__(self, path):
        self.path = path
        self.done = {}
        if path.exists():
            for line in path.read_text().splitlines():
                # The last one may be cut off; then it is done again.
                try:
                    row = json.loads(line)
                    self.done[row["serial"]] = row["certificate"]
                except (ValueError, KeyError):
                    continue

    def has(self, device):
        return self.done.get(device.serial) == device.certificate

    def note(self, device):
        line = json.dumps({"serial": device.serial, "certificate": device.certificate})
        with self.path.open("ab+") as file:
            if file.seek(0, os.SEEK_END) > 0:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            file.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())


def register(account, device, policy, reactivate):
    """The certificate's status after all is done."""
    arn = f"arn:{partition(account.region)}:iot:{account.region}:{account.number}:cert/{device.certificate}"
    status = account.status(device.certificate)
    if status is None:
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(device.pem)
            file.flush()
            made = account.iot(
                "register-certificate-without-ca", certificate_pem=f"file://{file.name}", status="ACTIVE"
            )
        if made["certificateId"] != device.certificate:
            raise Failure(f"{device.serial}: AWS calls the certificate {made['certificateId']}, not by its SHA-256")
        status = "ACTIVE"
    elif status != "ACTIVE" and reactivate:
        account.iot("update-certificate", certificate_id=device.certificate, new_status="ACTIVE")
        status = "ACTIVE"
    account.iot("attach-policy", policy_name=policy, target=arn)
    try:
        account.iot("create-thing", thing_name=device.thing)
    except Refused as refused:
        # It is there with attributes, which are somebody's business.
        if refused.name != "ResourceAlreadyExistsException":
            raise
    account.iot("attach-thing-principal", thing_name=device.thing, principal=arn)
    return status


def partition(region):
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def devices(folder):
    rows = folder / "devices.jsonl"
    if folder.is_file():
        raise Failure(
            f"{folder} is a file; a manifest is first verified: "
            "cargo run -p atecc608-fleet --example manifest -- MANIFEST.json --signer LOG-SIGNER.pem --out DEVICES"
        )
    if not rows.exists():
        raise Failure(f"{rows} is not there; it is written from a manifest that was verified")
    # All of them are looked at before anything is registered.
    found = [Device(json.loads(line), folder) for line in rows.read_text().splitlines()]
    if len({device.serial for device in found}) != len(found):
        raise Failure(f"{rows} has a chip twice")
    if not found:
        raise Failure(f"{rows} is empty")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("devices", type=pathlib.Path, help="folder with devices.jsonl and certificates/")
    parser.add_argument("--profile", action="append", required=True, help="of the AWS CLI; one for each account")
    parser.add_argument("--region", action="append", help="instead of the profile's; several are possible")
    parser.add_argument("--policy", default="atecc608-device", help="name of the policy [%(default)s]")
    parser.add_argument("--create-policy", action="store_true", help="makes it from device-policy.json, if it is missing")
    parser.add_argument("--reactivate", action="store_true", help="also what is INACTIVE or REVOKED")
    parser.add_argument("--again", action="store_true", help="looks at all devices, also those that are noted as done")
    options = parser.parse_args()
    found = devices(options.devices)
    failed = 0
    for profile in options.profile:
        for region in options.region or [None]:
            account = Account(profile, region)
            where = f"account {account.number} in {account.region}"
            account.ensure_policy(options.policy, HERE / "device-policy.json" if options.create_policy else None)
            ledger = Ledger(options.devices / f"aws-{account.number}-{account.region}.jsonl")
            open_devices = [device for device in found if options.again or not ledger.has(device)]
            print(f"{where}: {len(found) - len(open_devices)} devices are done, {len(open_devices)} are not", flush=True)
            not_active = []
            for device in open_devices:
                try:
                    status = register(account, device, options.policy, options.reactivate)
                except Refused as refused:
                    if refused.name in HOPELESS:
                        raise Failure(f"{device.serial}: {refused}") from refused
                    # The others need not wait for this one.
                    print(f"{device.serial}: {refused}", file=sys.stderr, flush=True)
                    failed += 1
                    continue
                if status == "ACTIVE":
                    ledger.note(device)
                else:
                    not_active.append(f"{device.serial} is {status}")
            if not_active:
                print(f"{where}: left as they are: {', '.join(not_active)}")
            endpoint = account.iot("describe-endpoint", endpoint_type="iot:Data-ATS")["endpointAddress"]
            print(f"{where}: devices connect to {endpoint}")
    if failed:
        raise Failure(f"{failed} devices are not registered; run it again when that is mended")


if __name__ == "__main__":
    try:
        main()
    except (Failure, Refused, OSError, ValueError) as failure:
        sys.exit(f"error: {failure}")
