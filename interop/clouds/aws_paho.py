"""paho-mqtt at the mock AWS."""

import json
import queue
import ssl

import paho.mqtt.client as mqtt
from harness import PATIENCE, check
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.packettypes import PacketTypes


class Client:
    """A client whose events come in order."""

    def __init__(self, cloud, protocol=mqtt.MQTTv311, client_id=None, tls=None, port="port", alpn=None, **options):
        self.events = queue.Queue()
        self.messages = queue.Queue()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id or cloud["thing"], protocol=protocol, **options
        )
        self.client.reconnect_on_failure = False
        self.client.on_connect = lambda client, data, flags, reason, properties: self.events.put(
            ("connected", reason.value, properties)
        )
        self.client.on_disconnect = lambda client, data, flags, reason, properties: self.events.put(
            ("gone", reason.value, flags.is_disconnect_packet_from_server)
        )
        self.client.on_subscribe = lambda client, data, mid, reasons, properties: self.events.put(
            ("subscribed", [reason.value for reason in reasons])
        )
        self.client.on_publish = lambda client, data, mid, reason, properties: self.events.put(
            ("published", reason.value)
        )
        self.client.on_message = lambda client, data, message: self.messages.put(message)
        context = ssl.create_default_context(cafile=cloud["ca"])
        context.load_cert_chain(cloud["device"], cloud["device_key"])
        if tls:
            context.minimum_version = context.maximum_version = tls
        if alpn:
            context.set_alpn_protocols([alpn])
        self.client.tls_set_context(context)
        self.client.connect(cloud["endpoint"], cloud[port], keepalive=60)
        self.client.loop_start()

    def next(self):
        try:
            return self.events.get(timeout=PATIENCE)
        except queue.Empty:
            return ("nothing",)

    def message(self):
        try:
            return self.messages.get(timeout=PATIENCE)
        except queue.Empty:
            return None

    def silent(self):
        """Nothing has come, though the server answers."""
        return self.events.empty()

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()


def logged_in(cloud, **options):
    client = Client(cloud, **options)
    return client, client.next()[:2] == ("connected", 0)


def publish_and_hear(cloud, name, **options):
    client, good = logged_in(cloud, **options)
    check(f"{name}: logged in", good)
    topic = f"devices/{cloud['thing']}/telemetry"
    client.client.subscribe(f"devices/{cloud['thing']}/+", qos=1)
    check(f"{name}: subscribed", client.next() == ("subscribed", [1]))
    for qos in (0, 1):
        client.client.publish(topic, f"{name} {qos}", qos=qos)
        check(f"{name}: published with QoS {qos}", client.next() == ("published", 0))
        heard = client.message()
        check(
            f"{name}: came back with QoS {qos}",
            heard is not None and (heard.topic, heard.payload.decode(), heard.qos) == (topic, f"{name} {qos}", qos),
        )
    client.stop()


def run(cloud):
    for tls, number in ((ssl.TLSVersion.TLSv1_2, "1.2"), (ssl.TLSVersion.TLSv1_3, "1.3")):
        for protocol, mqtt_number in ((mqtt.MQTTv311, "3.1.1"), (mqtt.MQTTv5, "5")):
            publish_and_hear(cloud, f"TLS {number}, MQTT {mqtt_number}", tls=tls, protocol=protocol)
    publish_and_hear(cloud, "port 443 with ALPN", port="port_443", alpn="x-amzn-mqtt-ca")
    refusals(cloud)
    retained(cloud)
    properties(cloud)
    take_over(cloud)


def refusals(cloud):
    for alpn in (None, "mqtt"):
        try:
            Client(cloud, port="port_443", alpn=alpn)
            refused = False
        except (ssl.SSLError, OSError):
            refused = True
        check(f"port 443 with ALPN {alpn}: no handshake", refused)
    client = Client(cloud, client_id="somebody-else")
    check("another client id, MQTT 3.1.1: closed without a word", client.next()[0] == "gone")
    client.stop()
    client = Client(cloud, client_id="somebody-else", protocol=mqtt.MQTTv5)
    check("another client id, MQTT 5: not authorised", client.next()[:2] == ("connected", 0x87))
    client.stop()
    for protocol, expected in ((mqtt.MQTTv311, False), (mqtt.MQTTv5, True)):
        client, _ = logged_in(cloud, protocol=protocol)
        client.client.publish("devices/somebody-else/telemetry", "x", qos=1)
        event = client.next()
        check(
            f"another's topic, protocol {protocol}: cut, {'with' if expected else 'without'} a word",
            event[0] == "gone" and event[2] is expected and (not expected or event[1] == 0x87),
        )
        client.stop()
    client, _ = logged_in(cloud)
    client.client.publish(f"devices/{cloud['thing']}/telemetry", "x", qos=2)
    client.client.publish(f"devices/{cloud['thing']}/telemetry", "x", qos=1)
    check("QoS 2 gets no answer, QoS 1 after it does", client.next() == ("published", 0) and client.silent())
    client.stop()


def retained(cloud):
    topic = f"devices/{cloud['thing']}/state"
    client, _ = logged_in(cloud)
    client.client.publish(topic, "kept", qos=1, retain=True)
    client.next()
    client.client.subscribe(topic, qos=1)
    client.next()
    heard = client.message()
    check("a retained message comes with its own topic", heard is not None and heard.retain and heard.payload == b"kept")
    client.client.subscribe(f"devices/{cloud['thing']}/+", qos=1)
    client.next()
    client.client.publish(f"devices/{cloud['thing']}/other", "next", qos=1)
    heard = client.message()
    check("and not with a wildcard", heard is not None and heard.payload == b"next")
    client.client.publish(topic, "", qos=1, retain=True)
    client.stop()


def properties(cloud):
    client = Client(cloud, protocol=mqtt.MQTTv5)
    _, _, connack = client.next()
    check(
        "MQTT 5: what the server can do is told",
        (connack.MaximumQoS, connack.ReceiveMaximum, connack.ServerKeepAlive) == (1, 100, 60),
    )
    wanted = Properties(PacketTypes.PUBLISH)
    wanted.UserProperty = [("unit", "C"), ("place", "cellar")]
    wanted.ContentType = "text/plain"
    wanted.ResponseTopic = f"devices/{cloud['thing']}/answer"
    wanted.CorrelationData = b"\x00\xff"
    subscription = Properties(PacketTypes.SUBSCRIBE)
    subscription.SubscriptionIdentifier = 300
    client.client.subscribe(f"devices/{cloud['thing']}/telemetry", qos=1, properties=subscription)
    client.next()
    client.client.publish(f"devices/{cloud['thing']}/telemetry", "21", qos=1, properties=wanted)
    heard = client.message()
    came = heard.properties
    check(
        "MQTT 5: properties come along",
        (came.UserProperty, came.ContentType, came.ResponseTopic, came.CorrelationData, came.SubscriptionIdentifier)
        == (wanted.UserProperty, "text/plain", wanted.ResponseTopic, b"\x00\xff", [300]),
    )
    client.client.unsubscribe(f"devices/{cloud['thing']}/telemetry")
    client.stop()


def take_over(cloud):
    first, _ = logged_in(cloud, protocol=mqtt.MQTTv5)
    second, good = logged_in(cloud)
    check("a second client with the same id is logged in", good)
    check("and the first is told that it was taken over", first.next() == ("gone", 0x8E, True))
    topic = f"$aws/things/{cloud['thing']}/shadow"
    second.client.subscribe([(f"{topic}/update/accepted", 1), (f"{topic}/update/rejected", 1)])
    check("shadow topics are subscribed to", second.next() == ("subscribed", [1, 1]))
    second.client.publish(f"{topic}/update", json.dumps({"state": {"reported": {"paho": 1}}}), qos=1)
    heard = second.message()
    check(
        "a shadow's update is accepted",
        heard is not None and heard.topic.endswith("accepted") and json.loads(heard.payload)["state"]["reported"] == {"paho": 1},
    )
    first.stop()
    second.stop()
