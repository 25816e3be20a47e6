"""Google's own library for logins, unchanged, against the mock Google: `google_federation.py MOCK_CLOUD`.

Of this script are: which address Google's names have, that the mock's root is trusted, and the configuration files, as
`gcloud iam workload-identity-pools create-cred-config` writes them.
"""

import json
import pathlib
import socket
import sys

import google.auth.exceptions
import harness
import requests
from google.auth import identity_pool
from google.auth.transport.requests import Request
from harness import check

PUBSUB = "https://www.googleapis.com/auth/pubsub"
PLATFORM = "https://www.googleapis.com/auth/cloud-platform"

resolve = socket.getaddrinfo


def local(host, *rest, **named):
    """Google's names are this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    return resolve("127.0.0.1" if name.endswith(".googleapis.com") else host, *rest, **named)


class Device:
    """Credentials with the certificate in these files."""

    def __init__(self, cloud, certificate, key, chain=None, **changed):
        self.cloud = cloud
        self.session = requests.Session()
        self.session.verify = cloud["ca"]
        # Or other authorities that the machine knows would count.
        self.session.trust_env = False
        config = pathlib.Path(cloud["device"]).with_name("certificate_config.json")
        config.write_text(
            json.dumps({"cert_configs": {"workload": {"cert_path": certificate, "key_path": key}}})
        )
        source = {"certificate_config_location": str(config)}
        if chain:
            source["trust_chain_path"] = chain
        self.info = {
            "type": "external_account",
            "audience": cloud["audience"],
            "subject_token_type": "urn:ietf:params:oauth:token-type:mtls",
            "token_url": f"https://sts.mtls.googleapis.com:{cloud['port']}/v1/token",
            "credential_source": {"certificate": source},
            **changed,
        }

    def credentials(self, scope):
        credentials = identity_pool.Credentials.from_info(self.info, scopes=[scope])
        credentials.refresh(Request(self.session))
        return credentials

    def refused(self, words):
        """Whether the login is refused in these words."""
        try:
            self.credentials(PUBSUB)
        except google.auth.exceptions.GoogleAuthError as error:
            if words in str(error):
                return True
            print(f"       {error}")
        return False

    def publish(self, token):
        cloud = self.cloud
        path = f"v1/projects/{cloud['project']}/topics/{cloud['topic']}:publish"
        return self.session.post(
            f"https://pubsub.googleapis.com:{cloud['port']}/{path}",
            json={"messages": [{"data": "MjEuNQ=="}]},
            headers={"Authorization": f"Bearer {token}"},
            timeout=harness.PATIENCE,
        )


def run(cloud):
    own = (cloud["device"], cloud["device_key"])
    device = Device(cloud, *own, chain=cloud["device"])
    credentials = device.credentials(PUBSUB)
    check("a certificate is exchanged", bool(credentials.token) and credentials.valid)
    answer = device.publish(credentials.token)
    check("its token publishes", answer.ok and len(answer.json()["messageIds"]) == 1)
    check("another token does not", device.publish("ya29.other").status_code == 401)

    account = cloud["service_account"]
    url = f"https://iamcredentials.googleapis.com:{cloud['port']}/v1/projects/-/serviceAccounts/{account}"
    acting = Device(
        cloud, *own, chain=cloud["device"], service_account_impersonation_url=f"{url}:generateAccessToken"
    )
    credentials = acting.credentials(PLATFORM)
    check("a service account is acted as", device.publish(credentials.token).ok)

    alone = Device(cloud, *own)
    check("without the signer there is no way to the root", alone.refused("who has issued CN=sensor-1"))
    elsewhere = Device(cloud, *own, chain=cloud["device"], audience=cloud["audience"] + "x")
    check("a provider that there is not", elsewhere.refused("invalid_target"))
    plain = Device(
        cloud, *own, chain=cloud["device"], token_url=f"https://sts.googleapis.com:{cloud['port']}/v1/token"
    )
    check("the server that asks for no certificate", plain.refused("asks for no client certificate"))


def main(program):
    socket.getaddrinfo = local
    with harness.Cloud(program, "google") as cloud:
        print("google-auth:")
        run(cloud)
    return harness.finish("Google")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
