"""Samples of every released version decode for ever and are written alike.

A sample is never edited or removed. What a version adds gets a new file, and a line in docs/wire-changelog.md.
"""

from pathlib import Path

import msgspec
import pytest

from tests.protocols.wire.codecs import CODECS, SHAPES

GOLDEN = Path(__file__).parents[1] / "golden"
SAMPLES = sorted(GOLDEN.glob("v*/*/*.json"))


def shape_of(sample: Path) -> type:
    return type(CODECS[sample.parent.name].decode(sample.read_bytes()))


@pytest.mark.parametrize("sample", SAMPLES, ids=[str(sample.relative_to(GOLDEN)) for sample in SAMPLES])
def test_sample_decodes_and_is_written_alike(sample):
    codec = CODECS[sample.parent.name]
    assert codec.encode(codec.decode(sample.read_bytes())) == sample.read_bytes()


def test_every_kind_has_a_sample():
    covered = {(sample.parent.name, shape_of(sample)) for sample in SAMPLES}
    assert set(SHAPES) == covered


@pytest.mark.parametrize(
    ("kind", "shape"), SHAPES, ids=[f"{kind}-{shape.__name__}" for kind, shape in SHAPES]
)
def test_some_sample_fills_each_field(kind, shape):
    filled = set()
    for sample in SAMPLES:
        if sample.parent.name == kind and shape_of(sample) is shape:
            filled |= set(msgspec.json.decode(sample.read_bytes()))
    declared = {field.encode_name for field in msgspec.structs.fields(shape)}
    assert declared <= filled


@pytest.mark.parametrize("sample", SAMPLES, ids=[str(sample.relative_to(GOLDEN)) for sample in SAMPLES])
def test_a_newer_peer_s_field_is_ignored_but_not_in_a_configuration(sample):
    codec = CODECS[sample.parent.name]
    data = sample.read_bytes()[:-1] + b',"invented_later":{"a":[1,null]}}'
    if sample.parent.name == "configuration":
        with pytest.raises(msgspec.ValidationError, match="unknown field `invented_later`"):
            codec.decode(data)
    else:
        assert codec.decode(data) == codec.decode(sample.read_bytes())
