"""Credentials in URLs: found, and never shown."""

import pytest

from protocols.urls import has_hidden, has_userinfo, without_secrets


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


@pytest.mark.parametrize("text", ["http://10.0.0.5/snap.jpg?mail=a@b.c", "a@b.c", "http://cam/@home", ""])
def test_other_text_is_left_alone(text: str) -> None:
    assert not has_userinfo(text)
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://cam/s.cgi?user=admin&pwd=S3cret", "http://cam/s.cgi?user=admin&pwd=***"),
        ("http://cam/s?Password=a%20b&size=1#x", "http://cam/s?Password=***&size=1#x"),
        ("GET http://cam/s?access_token=abc: 500", "GET http://cam/s?access_token=***"),
        (
            "'http://cam/?api_key=1' and \"http://cam/?x=1;auth=2\"",
            "'http://cam/?api_key=***' and \"http://cam/?x=1;auth=***\"",
        ),
        (
            "http://cam/s.cgi?loginuse=admin&loginpas=S3cret&x=1",
            "http://cam/s.cgi?loginuse=admin&loginpas=***&x=1",
        ),
        ("http://cam/s.cgi?userpwd=S3cret", "http://cam/s.cgi?userpwd=***"),
        ("http://a:b@cam/?pass=c", "http://***@cam/?pass=***"),
    ],
)
def test_passwords_in_a_query_are_hidden(text: str, shown: str) -> None:
    assert without_secrets(text).startswith(shown)
    assert has_hidden(without_secrets(text))
    assert not has_hidden(text)


@pytest.mark.parametrize(
    "text", ["http://cam/?passenger=1&monkey=2&q=pass", "?page=1", "token=1", "http://cam/pass=1", "a?key"]
)
def test_a_query_without_passwords_is_left_alone(text: str) -> None:
    assert without_secrets(text) == text
