"""Credentials in URLs: found, and never shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.urls import LOGGED_MAX, has_hidden, has_userinfo, loggable, without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://admin:S3cret@10.0.0.5/snap.jpg", "http://***@10.0.0.5/snap.jpg"),
        ("HTTPS://admin@cam/", "HTTPS://***@cam/"),
        ("rtsp://a:p@ss@cam:554/1", "rtsp://***@cam:554/1"),
        ("GET http://a:b@c/ failed", "GET http://***@c/ failed"),
    ],
)
def test_userinfo_is_found_and_hidden(text: str, shown: str) -> None:
    assert has_userinfo(text)
    assert without_secrets({"a": [text, 1], "b": {"c": text}}) == {"a": [shown, 1], "b": {"c": shown}}


@pytest.mark.parametrize(
    "text",
    [
        "http://10.0.0.5/snap.jpg",
        "http://cam/s?",
        "rtsp://10.0.0.5:554/Streaming/Channels/101",
        "a@b.c",
        "http://cam/@home",
        "token=1",
        "who is it? a=b",
        "",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert not has_userinfo(text)
    assert not has_hidden(text)
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://cam/s.cgi?user=admin&pwd=S3cret", "http://cam/s.cgi?***"),
        ("http://cam/s.cgi?u=1&grünkohl=S3cret", "http://cam/s.cgi?***"),
        ("http://cam/s.cgi?S3cret", "http://cam/s.cgi?***"),
        ("http://cam?S3cret", "http://cam?***"),
        ("http://cam/s.cgi?a=S3 cret\"'<é>S3cret", "http://cam/s.cgi?***"),
        ("http://cam/s#S3cret", "http://cam/s#***"),
        ("GET http://cam/s?of=S3cret: 500", "GET http://cam/s?*** 500"),
        ("'http://cam/?k=S3cret' and http://cam/?x=S3cret", "'http://cam/?*** and http://cam/?***"),
        ("http://cam/s?a=S3cret\nand http://cam/?b=S3cret", "http://cam/s?***\nand http://cam/?***"),
        ("http://a:S3cret@cam/?x=c", "http://***@cam/?***"),
        ("http://proxy/http://a:S3cret@cam/", "http://proxy/http://***@cam/"),
        ("rtsp://cam:554/user=admin_password=S3cret_channel=1_stream=0.sdp", "rtsp://cam:554/***"),
        ("http://cam/live/u=admin/S3cret/1", "http://cam/live/***"),
        ("http://cam/live;x=S3cret", "http://cam/***"),
        ("http://cam/x%3DS3cret", "http://cam/***"),
        ("no picture from /s.cgi?x=S3cret: 401", "no picture from /s.cgi?*** 401"),
    ],
)
def test_what_can_hold_a_secret_is_hidden_whole(text: str, shown: str) -> None:
    """Whatever its parameters are called."""
    assert without_secrets(text) == shown
    assert without_secrets(shown) == shown
    assert has_hidden(shown) or has_userinfo(shown)
    assert not has_hidden(text)


HOSTILE = {
    "a scheme without end": "x" * 100_000 + "://",
    "nothing but schemes": "a://" * 25_000,
    "a user without end": "a://" + "@" * 100_000,
    "a name without end": "&" + "a" * 100_000 + "=",
    "names that begin anew": "/a_-" * 25_000 + "%3d",
    "nothing but questions": "?" * 100_000,
    "nothing but values": "a://b/" + "=" * 100_000,
    "queries without a value": "? " * 50_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    """Each took minutes once: anybody's path is logged, and every other request waited."""
    for _ in range(20):
        without_secrets(text)
        has_userinfo(text)
        has_hidden(text)


def test_what_is_logged_is_cut_before_it_is_looked_at() -> None:
    told = loggable({"path": "x" * 1_000_000, "sent": ["http://a:b@c/", "y" * LOGGED_MAX]})
    assert told == {"path": "x" * LOGGED_MAX + "…", "sent": ["http://***@c/", "y" * LOGGED_MAX]}


@given(
    st.from_regex(re.compile(r"[a-z]{1,12}://[a-z0-9:%.!]{1,20}@[a-z]{1,10}/[a-z?=]{0,10}"), fullmatch=True)
)
def test_whoever_signs_in_by_a_url_is_hidden(url: str) -> None:
    assert has_userinfo(url)
    assert not re.search(r"://(?!\*\*\*@)[^/]*@", without_secrets(url))
