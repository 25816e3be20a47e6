"""AWS's own SDK and paho-mqtt, unchanged, against the mock AWS: `aws.py MOCK_CLOUD`."""

import sys

import aws_paho
import aws_sdk
import harness


def main(program):
    with harness.Cloud(program, "aws") as cloud:
        print("paho-mqtt:")
        aws_paho.run(cloud)
        print("AWS IoT Device SDK, MQTT 3.1.1:")
        aws_sdk.run_first(cloud)
        print("AWS IoT Device SDK, MQTT 5:")
        aws_sdk.run_fifth(cloud)
        print("AWS IoT Device SDK, fleet provisioning:")
        aws_sdk.run_fleet(cloud)
    return harness.finish("AWS")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
