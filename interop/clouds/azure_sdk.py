"""Microsoft's SDK for Python, unchanged, at the mock Azure, and its tokens beside the chip's: `azure_sdk.py MOCK_CLOUD DRIVER`."""

import base64
import os
import queue
import sys
import threading

import azure_names
import harness
from azure.iot.device import (
    IoTHubDeviceClient,
    Message,
    MethodResponse,
    ProvisioningDeviceClient,
    X509,
    exceptions,
)
from azure.iot.device.common.auth import sastoken, signing_mechanism
from azure_orders import Backend
from harness import PATIENCE, check

sys.path.insert(0, "interop/vendor")
from driver import Driver, Refused  # noqa: E402


def x509(cloud):
    return X509(cert_file=cloud["device"], key_file=cloud["device_key"])


def trust(cloud):
    with open(cloud["ca"]) as file:
        return file.read()


def by_certificate(cloud):
    return IoTHubDeviceClient.create_from_x509_certificate(
        x509=x509(cloud),
        hostname=cloud["hub"]["host"],
        device_id=cloud["name"],
        server_verification_cert=trust(cloud),
    )


def by_key(cloud, key=None):
    return IoTHubDeviceClient.create_from_symmetric_key(
        symmetric_key=key or cloud["key"],
        hostname=cloud["hub"]["host"],
        device_id=cloud["keyed"],
        server_verification_cert=trust(cloud),
        connection_retry=False,
    )


def hub(cloud, backend, device, client, name):
    patches, messages = queue.Queue(), queue.Queue()
    client.connect()
    check(f"{name}: logged in", client.connected)
    message = Message('{"t": 21.5}', content_type="application/json", content_encoding="utf-8", message_id="m/1")
    message.custom_properties["alert"] = "a b&c=d/é"
    client.send_message(message)
    (who, topic, payload), = backend.seen("hub")["published"]
    expected = "%24.mid=m%2F1&%24.ct=application%2Fjson&%24.ce=utf-8&alert=a%20b%26c%3Dd%2F%C3%A9"
    check(
        f"{name}: telemetry with properties",
        (who, topic, payload) == (device, f"devices/{device}/messages/events/{expected}", '{"t": 21.5}'),
    )

    client.patch_twin_reported_properties({"interval": 5, "led": {"r": 1}})
    client.patch_twin_reported_properties({"led": None})
    check(f"{name}: reported", backend.twin(device)["reported"] == {"interval": 5, "$version": 3})
    client.on_twin_desired_properties_patch_received = patches.put
    client.get_twin()
    check(f"{name}: desired by the back end", backend.desire(device, interval=60))
    check(f"{name}: heard of it", patches.get(timeout=PATIENCE) == {"interval": 60, "$version": 2})
    twin = client.get_twin()
    check(
        f"{name}: the whole twin",
        twin == {"desired": {"interval": 60, "$version": 2}, "reported": {"interval": 5, "$version": 3}},
    )

    def answer(request):
        check(f"{name}: a method is called", (request.name, request.payload) == ("set led", {"on": True}))
        client.send_method_response(MethodResponse.create_from_method_request(request, 200, {"was": False}))

    client.on_method_request_received = answer
    check(f"{name}: and answered", backend.call(device, "set%20led", {"on": True}) == (200, {"was": False}))

    client.on_message_received = messages.put
    backend.message(device, "%24.mid=c-1&to=a%20b", "hello")
    heard = messages.get(timeout=PATIENCE)
    check(
        f"{name}: a message from the cloud",
        (heard.data, heard.message_id, heard.custom_properties) == (b"hello", "c-1", {"to": "a b"}),
    )
    check(f"{name}: nothing to complain of", not backend.seen("hub")["complaints"])
    client.shutdown()


def refusals(cloud, backend):
    client = by_key(cloud, base64.b64encode(b"another key of 32 bytes, not his").decode())
    try:
        client.connect()
        refused = None
    except Exception as error:
        refused = error
    check("another key: refused", isinstance(refused, (exceptions.CredentialError, exceptions.ConnectionFailedError)))
    complaints = backend.seen("hub")["complaints"]
    check("because of the token's key", any("another key" in complaint for complaint in complaints))
    client.shutdown()


def provisioning(cloud, backend):
    common = dict(
        provisioning_host=cloud["dps"]["host"],
        id_scope=cloud["dps"]["id_scope"],
        server_verification_cert=trust(cloud),
    )

    def expect(name, client, device):
        result = client.register()
        state = result.registration_state
        check(
            f"DPS, {name}: assigned",
            (result.status, state.assigned_hub, state.device_id) == ("assigned", cloud["hub"]["host"], device),
        )

    def certificate(registration_id):
        return ProvisioningDeviceClient.create_from_x509_certificate(
            registration_id=registration_id, x509=x509(cloud), **common
        )

    def key(registration_id, key):
        return ProvisioningDeviceClient.create_from_symmetric_key(
            registration_id=registration_id, symmetric_key=key, **common
        )

    expect("group by chain", certificate(cloud["name"]), cloud["name"])
    backend.busy(1)
    expect("throttled at first", certificate(cloud["name"]), cloud["name"])
    expect("individual by key", key(cloud["keyed"], cloud["key"]), cloud["keyed"])
    with Driver(sys.argv[2], *NO_CHIP) as driver:
        derived = driver.ask("derive", group_key=cloud["group_key"], registration_id="sensor-7")
    expect("group by the key that this project derives", key("sensor-7", derived), "sensor-7")
    for name, client in (
        ("another common name", certificate("sensor-9")),
        ("the group's own key", key("sensor-7", cloud["group_key"])),
    ):
        try:
            client.register()
            words = ""
        except Exception as error:
            words = f"{error} {error.__cause__}"
        check(f"DPS, {name}: refused", "401" in words)


#: The simulated chip of the program itself makes the tokens, so none is asked for.
NO_CHIP = ("--i2c", "/dev/null", "--address", "0x60")


def tokens(cloud):
    """The SDK's own function beside the chip."""
    host, device, scope = cloud["hub"]["host"], "dev:1_2=3@(4)", cloud["dps"]["id_scope"]
    with Driver(sys.argv[2], *NO_CHIP) as driver:
        for length in (16, 20, 31, 32):
            key = base64.b64encode(bytes(range(7, 7 + length))).decode()
            for resource, policy, where in (
                (f"{host}/devices/{device}", None, {"hub": (host, device)}),
                (f"{scope}/registrations/sensor-1", "registration", {"registration": (scope, "sensor-1")}),
            ):
                sdk = sastoken.RenewableSasToken(resource, signing_mechanism.SymmetricKeySigningMechanism(key), policy)
                own = driver.ask("sas", key=key, expires=sdk.expiry_time, **where)
                check(f"token with a key of {length} bytes for {next(iter(where))}", own == str(sdk))
        try:
            driver.ask("sas", key=cloud["group_key"], expires=1_900_000_000, hub=(host, device))
            words = ""
        except Refused as error:
            words = str(error)
        check("a key of 64 bytes is refused, and what helps is said", "64 bytes" in words and "--primary-key" in words)
        published = driver.ask(
            "derive",
            group_key="8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==",
            registration_id="sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6",
        )
        check("the derived key of Azure's page", published == "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=")


def main(program, _driver):
    # A hang anywhere is a failure.
    stop = threading.Timer(300, lambda: print("Azure's SDK hangs", flush=True) or os._exit(1))
    stop.daemon = True
    stop.start()
    with harness.Cloud(program, "azure") as cloud:
        azure_names.stand_in(cloud)
        backend = Backend(cloud)
        tokens(cloud)
        hub(cloud, backend, cloud["name"], by_certificate(cloud), "by certificate")
        hub(cloud, backend, cloud["keyed"], by_key(cloud), "by key")
        refusals(cloud, backend)
        provisioning(cloud, backend)
    return harness.finish("Azure's SDK")


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    # The SDK's threads for clients of DPS can't be ended otherwise.
    os._exit(code)
