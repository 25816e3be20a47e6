"""paho-mqtt, unchanged, at the mock Event Grid, in MQTT 3.1.1 and 5: `azure_paho.py MOCK_CLOUD`."""

import queue
import ssl
import sys

import azure_names
import harness
import paho.mqtt.client as mqtt
from azure_orders import Backend
from harness import PATIENCE, check
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


class Client:
    """A client whose events come in order."""

    def __init__(self, cloud, protocol, tls=ssl.TLSVersion.TLSv1_3, user=None, session=None, keepalive=60, connect=None):
        name = cloud["name"]
        self.events, self.messages = queue.Queue(), queue.Queue()
        put = self.events.put
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, session or name, protocol=protocol, reconnect_on_failure=False)
        self.client.username_pw_set(name if user is None else user)
        self.client.on_connect = lambda c, d, flags, reason, properties: put(("connected", reason.value, properties))
        self.client.on_disconnect = lambda c, d, flags, reason, properties: put(("gone", reason.value))
        self.client.on_subscribe = lambda c, d, mid, reasons, p: put(("subscribed", [reason.value for reason in reasons]))
        self.client.on_publish = lambda c, d, mid, reason, properties: put(("published", reason.value))
        self.client.on_message = lambda c, d, message: self.messages.put(message)
        context = ssl.create_default_context(cafile=cloud["ca"])
        context.load_cert_chain(cloud["device"], cloud["device_key"])
        context.minimum_version = context.maximum_version = tls
        self.client.tls_set_context(context)
        self.client.connect(cloud["event_grid"]["host"], 8883, keepalive=keepalive, properties=connect)
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

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()


def talk(cloud, name, protocol, tls):
    client = Client(cloud, protocol, tls)
    check(f"{name}: logged in", client.next()[:2] == ("connected", 0))
    own = f"devices/{cloud['name']}"
    client.client.subscribe([(f"{own}/#", 1), ("devices/other/#", 1)])
    event = client.next()
    check(f"{name}: its own topics are granted, another's not", event[0] == "subscribed" and event[1][0] == 1 and event[1][1] >= 0x80)
    for qos in (0, 1):
        client.client.publish(f"{own}/t", f"{name} {qos}", qos=qos)
        check(f"{name}: published with QoS {qos}", client.next() == ("published", 0))
        heard = client.message()
        check(f"{name}: came back", heard is not None and heard.payload.decode() == f"{name} {qos}")
    client.stop()


def fifth(cloud):
    client = Client(cloud, mqtt.MQTTv5, keepalive=3000)
    _, _, connack = client.next()
    check(
        "MQTT 5: what the broker can do is told",
        (connack.MaximumQoS, connack.RetainAvailable, connack.TopicAliasMaximum, connack.MaximumPacketSize, connack.ServerKeepAlive)
        == (1, 0, 10, 512 * 1024, 1160),
    )
    topic = f"devices/{cloud['name']}/t"
    client.client.subscribe(topic, qos=1)
    client.next()
    for text, name in (("first", topic), ("second", "")):
        properties = Properties(PacketTypes.PUBLISH)
        properties.TopicAlias = 10
        properties.UserProperty = ("unit", "C")
        client.client.publish(name, text, qos=1, properties=properties)
        client.next()
        heard = client.message()
        check(f"MQTT 5: topic alias, {text}", heard and (heard.topic, heard.payload.decode(), heard.properties.UserProperty) == (topic, text, [("unit", "C")]))
    client.client.publish("devices/other/t", "x", qos=1)
    check("MQTT 5: another's topic is refused in PUBACK", client.next() == ("published", 0x87))
    properties = Properties(PacketTypes.SUBSCRIBE)
    properties.SubscriptionIdentifier = 7
    client.client.subscribe(topic, qos=1, properties=properties)
    check("MQTT 5: a subscription identifier ends it", client.next() == ("gone", 0xA1))
    client.stop()


def refusals(cloud):
    for words, options, code in (
        ("no user name", {"user": ""}, 0x87),
        ("another's user name", {"user": "sensor-9"}, 0x87),
        ("a JSON Web Token", {"connect": "CUSTOM-JWT"}, 0x8C),
    ):
        method = options.pop("connect", None)
        if method:
            options["connect"] = Properties(PacketTypes.CONNECT)
            options["connect"].AuthenticationMethod = method
            options["connect"].AuthenticationData = b"eyJ"
        client = Client(cloud, mqtt.MQTTv5, **options)
        check(f"{words}: refused with {code:#x}", client.next()[:2] == ("connected", code))
        client.stop()
    first = Client(cloud, mqtt.MQTTv5)
    first.next()
    second = Client(cloud, mqtt.MQTTv5, session="another")
    check("a second session of the same client: refused", second.next()[:2] == ("connected", 0x87))
    second.stop()
    again = Client(cloud, mqtt.MQTTv5)
    check("the same session: taken over", again.next()[:2] == ("connected", 0) and first.next() == ("gone", 0x8E))
    again.stop()
    first.stop()
    for words, arguments in (("QoS 2", {"qos": 2}), ("retained", {"qos": 1, "retain": True})):
        client = Client(cloud, mqtt.MQTTv311)
        client.next()
        client.client.publish(f"devices/{cloud['name']}/t", "x", **arguments)
        check(f"{words}: the connection ends", client.next()[0] == "gone")
        client.stop()


def main(program):
    with harness.Cloud(program, "azure") as cloud:
        azure_names.stand_in(cloud)
        for tls, number in ((ssl.TLSVersion.TLSv1_2, "1.2"), (ssl.TLSVersion.TLSv1_3, "1.3")):
            for protocol, mqtt_number in ((mqtt.MQTTv311, "3.1.1"), (mqtt.MQTTv5, "5")):
                talk(cloud, f"TLS {number}, MQTT {mqtt_number}", protocol, tls)
        connected = Backend(cloud).seen("event_grid")["connected"]
        check(
            "both versions of TLS, each with the chain",
            [(client["tls"], client["chain"]) for client in connected] == [("TLSv1_2", 2)] * 2 + [("TLSv1_3", 2)] * 2,
        )
        fifth(cloud)
        refusals(cloud)
    return harness.finish("Azure with paho-mqtt")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
