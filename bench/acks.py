"""A cloud that only acknowledges: takes a box's batches from the broker, checks their chain, answers at once.

    python -m bench.acks FOLDER PORT      certificates of `bench.enrolled.make_house` in FOLDER, the broker's PORT

It stands in for ingest where the box alone is measured: the machine's cores are few, and a cloud runs elsewhere.
"""

import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.enrolled import INGEST
from protocols import chain, messages, topics
from protocols.messages import Ack, Stream
from protocols.topics import Channel

_KINDS = {Channel.UP_EVENTS: Stream.EVENTS, Channel.UP_READINGS: Stream.READINGS}
READY = "acknowledging"


def main(folder: Path, port: int) -> None:
    """Until killed."""
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / f"{INGEST}.pem", folder / f"{INGEST}.key")
    client = Client(CallbackAPIVersion.VERSION2, client_id=INGEST, protocol=MQTTProtocolVersion.MQTTv5)
    client.tls_set_context(context)
    client.on_message = _acknowledge
    client.on_subscribe = lambda *_: print(READY, flush=True)
    client.connect("127.0.0.1", port)
    for channel in _KINDS:
        client.subscribe(topics.shared("ingest", channel), qos=1)
    client.loop_forever()


def _acknowledge(client: Client, _userdata: Any, message: MQTTMessage) -> None:
    address = topics.parse(message.topic)
    batch = messages.decode(address.channel, bytes(message.payload))
    head = chain.head(bytes.fromhex(batch.before), (bytes(record) for record in batch.records))
    ack = Ack(
        stream=batch.stream,
        kind=_KINDS[address.channel],
        sequence=batch.first + len(batch.records) - 1,
        head=head.hex(),
        now=datetime.now(UTC),
    )
    client.publish(topics.topic(address.box, Channel.DOWN_ACK), messages.encode(ack), qos=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
