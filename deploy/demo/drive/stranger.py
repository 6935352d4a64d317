"""An enrolled box that has lost its mind: it says to the broker what no box should."""

import ssl
import threading
from collections.abc import Mapping
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from deploy.demo.drive.timeline import StepFailed

_WAIT_S = 60
OVERSIZE_BYTES = 4 * 1024 * 1024


class Stranger:
    """A connection with a box's own certificate."""

    def __init__(self, identity: Mapping[str, str], port: int) -> None:
        self._box = identity["box"]
        self._port = port
        self._connected = threading.Event()
        self._lost = threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=self._box, protocol=MQTTProtocolVersion.MQTTv5
        )
        context = ssl.create_default_context(cafile=identity["ca"])
        context.load_cert_chain(identity["certificate"], identity["key"])
        self._client.tls_set_context(context)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        if not self._connected.wait(_WAIT_S):
            raise StepFailed("a box with a good certificate was not let in by the broker")
        return self

    def __exit__(self, *_exception: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send_malformed(self) -> None:
        """What is no JSON, what is no batch, and a message of a type that is not known yet."""
        for payload in (b"\xff\xfe no json", b'{"type":"events"}', b'{"type":"from_the_future"}'):
            sent = self._client.publish(f"domovoy/1/{self._box}/up/events", payload, qos=1)
            sent.wait_for_publish(_WAIT_S)

    def send_state(self, payload: bytes) -> None:
        """What it says of itself, kept by the broker."""
        sent = self._client.publish(f"domovoy/1/{self._box}/up/state", payload, qos=1, retain=True)
        sent.wait_for_publish(_WAIT_S)

    def send_oversize(self) -> bool:
        """Whether the broker closed the connection over a message greater than it allows."""
        self._client.publish(f"domovoy/1/{self._box}/up/events", b"x" * OVERSIZE_BYTES, qos=1)
        return self._lost.wait(_WAIT_S)

    def _on_connect(self, *_arguments: Any) -> None:
        self._connected.set()

    def _on_disconnect(self, *_arguments: Any) -> None:
        self._lost.set()
