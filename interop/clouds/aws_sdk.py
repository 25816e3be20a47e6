"""AWS's SDK for Python at the mock AWS: mutual TLS, shadows, fleet provisioning."""

import concurrent.futures
import queue

import awsiot
from awscrt import mqtt, mqtt5
from awscrt.mqtt_request_response import ClientOptions
from awsiot import iotidentity, iotshadow, mqtt5_client_builder, mqtt_connection_builder
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from harness import PATIENCE, check


def first(cloud, who="device", client_id=None):
    """MQTT 3.1.1."""
    connection = mqtt_connection_builder.mtls_from_path(
        cert_filepath=cloud[who],
        pri_key_filepath=cloud[f"{who}_key"],
        endpoint=cloud["endpoint"],
        port=cloud["port"],
        ca_filepath=cloud["ca"],
        client_id=client_id or cloud["thing"],
        clean_session=True,
        keep_alive_secs=60,
    )
    connection.connect().result(PATIENCE)
    return connection


def fifth(cloud, who="device", client_id=None, **more):
    """MQTT 5."""
    connected = concurrent.futures.Future()
    client = mqtt5_client_builder.mtls_from_path(
        cert_filepath=cloud[who],
        pri_key_filepath=cloud[f"{who}_key"],
        endpoint=cloud["endpoint"],
        port=cloud["port"],
        ca_filepath=cloud["ca"],
        client_id=client_id or cloud["thing"],
        on_lifecycle_connection_success=lambda data: connected.done() or connected.set_result(data),
        on_lifecycle_connection_failure=lambda data: connected.done() or connected.set_exception(data.exception),
        **more,
    )
    client.start()
    return client, connected.result(PATIENCE)


def refused(call):
    """The error's code at the service, or nothing."""
    try:
        call()
    except awsiot.V2ServiceException as error:
        return error.modeled_error
    return None


class Ear:
    """Hears what comes to any of several subscriptions."""

    def __init__(self):
        self.heard = queue.Queue()

    def __call__(self, value):
        self.heard.put(value)

    def next(self):
        try:
            return self.heard.get(timeout=PATIENCE)
        except queue.Empty:
            return None


def run_first(cloud):
    connection = first(cloud)
    check("logged in", True)
    topic = f"devices/{cloud['thing']}/telemetry"
    ear = Ear()
    done, _ = connection.subscribe(topic, mqtt.QoS.AT_LEAST_ONCE, lambda topic, payload, **_: ear(payload))
    check("subscribed", done.result(PATIENCE)["qos"] == mqtt.QoS.AT_LEAST_ONCE)
    done, _ = connection.publish(topic, "21.5", mqtt.QoS.AT_LEAST_ONCE)
    done.result(PATIENCE)
    check("published, and heard it", ear.next() == b"21.5")

    shadow = iotshadow.IotShadowClient(connection)
    thing, qos = {"thing_name": cloud["thing"]}, mqtt.QoS.AT_LEAST_ONCE
    accepted, rejected, delta, documents = Ear(), Ear(), Ear(), Ear()
    for subscribe, request, ear in (
        (shadow.subscribe_to_update_shadow_accepted, iotshadow.UpdateShadowSubscriptionRequest, accepted),
        (shadow.subscribe_to_update_shadow_rejected, iotshadow.UpdateShadowSubscriptionRequest, rejected),
        (
            shadow.subscribe_to_shadow_delta_updated_events,
            iotshadow.ShadowDeltaUpdatedSubscriptionRequest,
            delta,
        ),
        (shadow.subscribe_to_shadow_updated_events, iotshadow.ShadowUpdatedSubscriptionRequest, documents),
    ):
        done, _ = subscribe(request(**thing), qos, ear)
        done.result(PATIENCE)
    check("subscribed to four topics of the shadow", True)
    state = iotshadow.ShadowState(desired={"led": "on"}, reported={"led": "off", "sdk": 3})
    shadow.publish_update_shadow(
        iotshadow.UpdateShadowRequest(state=state, client_token="first", **thing), qos
    ).result(PATIENCE)
    answer = accepted.next()
    check(
        "update accepted",
        answer and (answer.client_token, answer.state.desired) == ("first", {"led": "on"}),
    )
    event = delta.next()
    check("delta", event and event.state == {"led": "on"} and event.version == answer.version)
    event = documents.next()
    check("documents", event and event.current.version == answer.version and event.current.state.reported["sdk"] == 3)
    shadow.publish_update_shadow(
        iotshadow.UpdateShadowRequest(state=state, version=99, client_token="second", **thing), qos
    ).result(PATIENCE)
    answer = rejected.next()
    check("update of another version rejected", answer and (answer.code, answer.client_token) == (409, "second"))
    connection.disconnect().result(PATIENCE)


def run_fifth(cloud):
    ear = Ear()
    client, data = fifth(cloud, on_publish_received=lambda data: ear(data.publish_packet))
    settings = data.negotiated_settings
    check(
        "logged in, and what was agreed on",
        (settings.maximum_qos, settings.receive_maximum_from_server) == (mqtt5.QoS.AT_LEAST_ONCE, 100),
    )
    topic = f"devices/{cloud['thing']}/telemetry"
    subscription = mqtt5.Subscription(topic_filter=topic, qos=mqtt5.QoS.AT_LEAST_ONCE)
    done = client.subscribe(mqtt5.SubscribePacket(subscriptions=[subscription])).result(PATIENCE)
    check("subscribed", done.reason_codes == [mqtt5.SubackReasonCode.GRANTED_QOS_1])
    packet = mqtt5.PublishPacket(
        topic=topic,
        payload="22",
        qos=mqtt5.QoS.AT_LEAST_ONCE,
        user_properties=[mqtt5.UserProperty(name="unit", value="C")],
    )
    done = client.publish(packet).result(PATIENCE)
    check("published", done.puback.reason_code == mqtt5.PubackReasonCode.SUCCESS)
    heard = ear.next()
    check("heard it with its properties", heard and (heard.payload, heard.user_properties[0].value) == (b"22", "C"))

    shadow = iotshadow.IotShadowClientV2(client, ClientOptions(10, 10, PATIENCE))
    thing, named = {"thing_name": cloud["thing"]}, {"thing_name": cloud["thing"], "shadow_name": "config"}
    events = Ear()
    opened = concurrent.futures.Future()
    stream = shadow.create_named_shadow_delta_updated_stream(
        iotshadow.NamedShadowDeltaUpdatedSubscriptionRequest(**named),
        awsiot.ServiceStreamOptions(
            incoming_event_listener=events,
            subscription_status_listener=lambda event: opened.done() or opened.set_result(event),
        ),
    )
    stream.open()
    opened.result(PATIENCE)
    check("a stream of deltas is open", True)
    error = refused(lambda: shadow.get_named_shadow(iotshadow.GetNamedShadowRequest(**named)).result(PATIENCE))
    check("a named shadow that is not there", error and error.code == 404)
    state = iotshadow.ShadowState(desired={"interval": 60})
    answer = shadow.update_named_shadow(iotshadow.UpdateNamedShadowRequest(state=state, **named)).result(PATIENCE)
    check("it is made by an update", answer.version == 1 and answer.state.desired == {"interval": 60})
    event = events.next()
    check("its delta comes by the stream", event and event.state == {"interval": 60})
    state = iotshadow.ShadowState(reported={"interval": 60})
    shadow.update_named_shadow(iotshadow.UpdateNamedShadowRequest(state=state, **named)).result(PATIENCE)
    answer = shadow.get_named_shadow(iotshadow.GetNamedShadowRequest(**named)).result(PATIENCE)
    check(
        "once it is reported there is no delta",
        (answer.version, answer.state.reported, answer.state.delta) == (2, {"interval": 60}, None),
    )
    answer = shadow.delete_named_shadow(iotshadow.DeleteNamedShadowRequest(**named)).result(PATIENCE)
    check("deleted", answer.version == 2)
    state = iotshadow.ShadowState(reported={"text": "x" * 9000})
    error = refused(lambda: shadow.update_shadow(iotshadow.UpdateShadowRequest(state=state, **thing)).result(PATIENCE))
    check("a shadow of 9 KB is too large", error and error.code == 413)
    answer = shadow.get_shadow(iotshadow.GetShadowRequest(**thing)).result(PATIENCE)
    check("the classic shadow is as it was", answer.state.delta == {"led": "on"} and answer.state.reported["sdk"] == 3)
    client.stop()


def run_fleet(cloud):
    client, _ = fifth(cloud, who="claim", client_id="claim-7")
    identity = iotidentity.IotIdentityClientV2(client, ClientOptions(10, 10, PATIENCE))
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fleet-7")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    pem = csr.public_bytes(serialization.Encoding.PEM).decode()

    def create(pem):
        request = iotidentity.CreateCertificateFromCsrRequest(certificate_signing_request=pem)
        return identity.create_certificate_from_csr(request).result(PATIENCE)

    def provision(token, template=cloud["template"], **parameters):
        request = iotidentity.RegisterThingRequest(
            template_name=template, certificate_ownership_token=token, parameters=parameters
        )
        return identity.register_thing(request).result(PATIENCE)

    changed = csr.public_bytes(serialization.Encoding.DER).replace(b"fleet-7", b"fleet-8")
    changed = x509.load_der_x509_csr(changed).public_bytes(serialization.Encoding.PEM).decode()
    error = refused(lambda: create(changed))
    check("a request that was changed after it was signed", error and error.status_code == 400)
    answer = create(pem)
    certificate = x509.load_pem_x509_certificate(answer.certificate_pem.encode())
    check("a certificate for the request's key", certificate.public_key() == key.public_key())
    check(
        "RSA-signed, until the end of 2049, named by its SHA-256",
        certificate.signature_algorithm_oid == x509.SignatureAlgorithmOID.RSA_WITH_SHA256
        and certificate.not_valid_after_utc.isoformat() == "2049-12-31T23:59:59+00:00"
        and certificate.fingerprint(hashes.SHA256()).hex() == answer.certificate_id,
    )
    token = answer.certificate_ownership_token
    error = refused(lambda: provision(token))
    check("a parameter is missing", error and error.status_code == 400)
    error = refused(lambda: provision("another", SerialNumber="fleet-7"))
    check("an ownership token that nobody gave out", error and error.status_code == 400)
    answer = provision(token, SerialNumber="fleet-7")
    check("a thing", answer.thing_name == "fleet-7")
    error = refused(lambda: provision(token, SerialNumber="fleet-8"))
    check("the ownership token works once", error and error.status_code == 400)
    client.stop()

    connection = mqtt_connection_builder.mtls_from_bytes(
        cert_bytes=certificate.public_bytes(serialization.Encoding.PEM),
        pri_key_bytes=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        endpoint=cloud["endpoint"],
        port=cloud["port"],
        ca_filepath=cloud["ca"],
        client_id="fleet-7",
        clean_session=True,
        keep_alive_secs=60,
    )
    connection.connect().result(PATIENCE)
    done, _ = connection.publish("devices/fleet-7/telemetry", "1", mqtt.QoS.AT_LEAST_ONCE)
    done.result(PATIENCE)
    check("logged in and published with the new certificate", True)
    connection.disconnect().result(PATIENCE)
