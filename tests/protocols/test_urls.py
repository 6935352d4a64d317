"""Credentials in URLs: found, and never shown."""

import pytest

from protocols.urls import has_userinfo, without_userinfo


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
    assert without_userinfo({"a": [text, 1], "b": {"c": text}}) == {"a": [shown, 1], "b": {"c": shown}}


@pytest.mark.parametrize("text", ["http://10.0.0.5/snap.jpg?mail=a@b.c", "a@b.c", "http://cam/@home", ""])
def test_other_text_is_left_alone(text: str) -> None:
    assert not has_userinfo(text)
    assert without_userinfo(text) == text
