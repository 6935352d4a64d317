"""The records of a batch, apart from it: nothing in a record is taken for the batch's own."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.framing import parted

JSON = st.recursive(
    st.none() | st.integers() | st.text('a\\",[]{}: я', max_size=8) | st.just("records"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("a,]}", max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.lists(JSON, min_size=1, max_size=6), JSON, st.sampled_from([None, 1]))
def test_records_come_apart_as_they_stood(records, other, indent):
    data = json.dumps({"a": other, "records": records, "z": other}, indent=indent).encode()
    found = parted(data)
    assert found is not None
    assert [json.loads(record) for record in found.records] == records
    assert json.loads(found.frame) == {"a": other, "records": [None] * len(records), "z": other}


@pytest.mark.parametrize(
    "bad", [rb'{"a":"\ud800"}', rb'"\q]"', b'{"a":"\xff"}', b"[" * 2000 + b"]" * 2000, b'{"records":[1,2]}']
)
def test_what_no_decoder_takes_comes_apart(bad):
    found = parted(b'{"records":[1, ' + bad + b" ,2]}")
    assert found is not None
    assert found == (b'{"records":[null,null,null]}', [b"1", bad, b"2"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[1]",
        b'{"records":[]}',
        b'{"records":[1,]}',
        b'{"records":[1,2',
        b'{"records":["]}',
        b'{"records":[1],"records":[2]}',
        b'{"a":{"records":[1]}}',
        b'{"a":"records",[1]}',
    ],
)
def test_what_is_no_batch_does_not(data):
    assert parted(data) is None


@pytest.mark.parametrize("hostile", [b'\\"', b"[", b'"', b'"\\', b"\\", b'"records":[', b","])
def test_no_megabyte_takes_long(hostile):
    began = time.perf_counter()
    parted((b'{"records":["' + hostile * 2**20)[: 2**20])
    assert time.perf_counter() - began < 5
