"""`python -m protocols.asyncapi` writes docs/asyncapi.yaml from the structs; `--check` fails when the file differs.

Needs PyYAML, which only developers have.
"""

import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from protocols import config, held, messages, records
from protocols.topics import ROOT, Channel

FILE = Path("docs/asyncapi.yaml")
_MESSAGES: dict[Channel, Any] = {
    Channel.UP_EVENTS: messages.EventBatch,
    Channel.UP_READINGS: messages.ReadingBatch,
    Channel.UP_STATE: messages.State,
    Channel.UP_REQUESTS: messages.AnyRequest,
    Channel.DOWN_ACK: messages.Ack,
    Channel.DOWN_PASSES: messages.AnyPasses,
    Channel.DOWN_CONFIG: messages.Signed,
    Channel.DOWN_COMMANDS: messages.Signed,
}
_ABOUT: dict[Channel, str] = {
    Channel.UP_EVENTS: "The events stream: what the box witnessed, hash-chained and signed. QoS 1.",
    Channel.UP_READINGS: "The readings stream: what the box measured. QoS 1.",
    Channel.UP_STATE: "Retained; the last will has `online` false. QoS 1.",
    Channel.UP_REQUESTS: "The box pulls: passes, snapshot pieces, configuration. QoS 1.",
    Channel.DOWN_ACK: "What the cloud has committed of a stream. QoS 1.",
    Channel.DOWN_PASSES: "Changes of what the site's boxes hold, or pieces of a snapshot. QoS 1.",
    Channel.DOWN_CONFIG: "Signed `Desired`: what the box should be. QoS 1.",
    Channel.DOWN_COMMANDS: "Signed `Command`; the MQTT message expires with it. QoS 1.",
}
# What stands in the fields that travel as raw JSON because their very bytes are hashed or signed.
_RAW: dict[tuple[str, str], Any] = {
    ("EventBatch", "records"): records.AnyEvent,
    ("ReadingBatch", "records"): records.Readings,
    ("Put", "item"): held.AnyItem,
    ("SnapshotPiece", "items"): held.AnyItem,
    ("Signed", "payload"): messages.Command | messages.Desired,
    ("Desired", "body"): config.Configuration,
}
_REFERENCE = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The AsyncAPI 3 document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Domovoy: edge box and cloud over MQTT 5",
            "version": ROOT.rsplit("/", 1)[-1],
            "description": "Generated from protocols/ by python -m protocols.asyncapi. JSON, UTF-8. "
            "Unknown fields are ignored, unknown types are counted, malformed messages are quarantined. "
            f"A message is at most {messages.MESSAGE_MAX_BYTES} bytes.",
        },
        "defaultContentType": "application/json",
        "channels": {_name(channel): _channel(channel) for channel in Channel},
        "operations": {_name(channel): _operation(channel) for channel in Channel},
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def text() -> str:
    """The document as YAML."""
    import yaml

    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=110)


def _members(union: Any) -> tuple[type[msgspec.Struct], ...]:
    return get_args(union) or (union,)


def _name(channel: Channel) -> str:
    return channel.value.replace("/", "_")


def _channel(channel: Channel) -> dict[str, Any]:
    names = [shape.__name__ for shape in _members(_MESSAGES[channel])]
    return {
        "address": f"{ROOT}/{{box}}/{channel}",
        "description": _ABOUT[channel],
        "parameters": {
            "box": {"description": "UUID of the box, its certificate's CN and its MQTT user name"}
        },
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _operation(channel: Channel) -> dict[str, Any]:
    """Seen from the cloud."""
    return {
        "action": "receive" if channel.startswith("up/") else "send",
        "channel": {"$ref": f"#/channels/{_name(channel)}"},
    }


def _messages() -> dict[str, Any]:
    shapes = {shape.__name__: shape for union in _MESSAGES.values() for shape in _members(union)}
    return {
        name: {"name": name, "payload": {"$ref": _REFERENCE.format(name=name)}} for name in sorted(shapes)
    }


def _schemas() -> dict[str, Any]:
    roots = [*_MESSAGES.values(), *_RAW.values()]
    shapes = dict.fromkeys(shape for root in roots for shape in _members(root))
    _, schemas = msgspec.json.schema_components(tuple(shapes), ref_template=_REFERENCE)
    for (name, field), union in _RAW.items():
        _fill_raw(schemas[name]["properties"][field], union)
    return dict(sorted(schemas.items()))


def _fill_raw(schema: dict[str, Any], union: Any) -> None:
    """Says what the raw JSON of a field is; in a list, what its items are."""
    references = [{"$ref": _REFERENCE.format(name=shape.__name__)} for shape in _members(union)]
    content: dict[str, Any] = references[0] if len(references) == 1 else {"oneOf": references}
    if schema.get("type") == "array":
        schema["items"] = content
    else:
        schema.update(content)


def main(arguments: list[str]) -> int:
    """Writes the file, or with `--check` compares it; 1 when it differs."""
    generated = text()
    if arguments != ["--check"]:
        FILE.write_text(generated, encoding="utf-8")
        return 0
    if FILE.exists() and FILE.read_text(encoding="utf-8") == generated:
        return 0
    sys.stderr.write(f"{FILE} is not what the structs say; run python -m protocols.asyncapi\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
