"""docs/asyncapi.yaml is what the structs say, and it is whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from protocols import asyncapi
from protocols.topics import Channel, parse
from tests.protocols.wire.codecs import SHAPES

REPOSITORY = Path(__file__).parents[3]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_committed_file_is_the_generated_one(monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    assert asyncapi.main(["--check"]) == 0


def test_the_check_fails_when_the_file_differs_or_is_not_there(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    assert asyncapi.main(["--check"]) == 1
    (tmp_path / "docs").mkdir()
    assert asyncapi.main([]) == 0
    assert asyncapi.main(["--check"]) == 0
    file = tmp_path / "docs/asyncapi.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("maxLength: 500", "maxLength: 501", 1), encoding="utf-8"
    )
    assert asyncapi.main(["--check"]) == 1
    assert "run python -m protocols.asyncapi" in capsys.readouterr().err


def test_every_reference_leads_somewhere():
    document = yaml.safe_load(asyncapi.text())
    for reference in references(document):
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_every_message_record_and_item_is_described():
    schemas = asyncapi.document()["components"]["schemas"]
    for _, shape in SHAPES:
        assert schemas[shape.__name__]["description"]


@pytest.mark.parametrize("channel", Channel)
def test_addresses_are_those_of_the_topics(channel):
    described = asyncapi.document()["channels"][channel.replace("/", "_")]
    box = "0193514c-8a00-7000-8000-000000000030"
    assert parse(described["address"].format(box=box)).channel is channel
