"""What the back end does at the mock Azure: a line in, a line out."""

import json


class Backend:
    def __init__(self, cloud):
        self.process = cloud.process

    def order(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def desire(self, device, **patch):
        return self.order(desire={"id": device, "patch": patch})["done"]

    def call(self, device, name, payload):
        answer = self.order(call={"id": device, "name": name, "payload": json.dumps(payload)})
        return answer["status"], json.loads(answer["payload"] or "null")

    def message(self, device, properties, payload):
        self.order(message={"id": device, "properties": properties, "payload": payload})

    def twin(self, device):
        return self.order(twin=device)

    def busy(self, requests):
        self.order(busy=requests)

    def seen(self, service):
        """Since the last time."""
        return self.order(seen=service)
