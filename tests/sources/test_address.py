"""Addresses: what they mean, and that no secret is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.sources.address import Kind, is_live, kind_of, redacted, without_secrets


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("clip.mp4", Kind.PATH),
        ("/srv/clips/../a b.mp4", Kind.PATH),
        ("-i", Kind.PATH),
        ("file:clip.mp4", Kind.PATH),
        ("concat:a|b", Kind.PATH),
        ("/dev/videos", Kind.PATH),
        ("/dev/video0/../../etc", Kind.PATH),
        ("/dev/video0", Kind.WEBCAM),
        ("/dev/video12", Kind.WEBCAM),
        ("rtsp://cam/1", Kind.STREAM),
        ("RTSP://cam/1", Kind.STREAM),
        ("https://cam/1", Kind.STREAM),
        ("file:///etc/passwd", Kind.UNKNOWN),
        ("ftp://cam/1", Kind.UNKNOWN),
        ("concat://a", Kind.UNKNOWN),
    ],
)
def test_kind_of(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind
    assert is_live(text) == (kind in (Kind.STREAM, Kind.WEBCAM))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://cam.local:554/h264/ch1", "rtsp://cam.local:554/h264/ch1"),
        ("rtsp://admin:pw@cam/ch1?channel=1&token=x", "rtsp://cam/ch1"),
        ("rtsp://admin:p@ss/w?rd#1@cam/ch1", "rtsp://cam/ch1"),
        ("rtsp://[fe80::1]:554/ch1", "rtsp://[fe80::1]:554/ch1"),
        ("http://cam/x#secret", "http://cam/x"),
        ("rtsp://cam:554/user=admin&password=pw&channel=1", "rtsp://cam:554/user=..."),
        ("rtsp://cam/live/token=abc/ch1", "rtsp://cam/live/token=.../ch1"),
        ("admin:pw@cam/ch1", "cam/ch1"),
        ("clip@2x.mp4", "clip@2x.mp4"),
        ("/dev/video0", "/dev/video0"),
    ],
)
def test_redacted(address: str, shown: str) -> None:
    assert redacted(address) == shown


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc"])
USER = st.text(LETTERS.filter(lambda letter: letter != ":"), min_size=3, max_size=12)
PASSWORD = st.text(LETTERS, min_size=3, max_size=12)


@given(USER, PASSWORD)
def test_no_login_is_ever_shown(user: str, password: str) -> None:
    address = f"rtsp://{user}~1:{password}~2@cam/ch1"
    assert redacted(address) == "rtsp://cam/ch1"
    message = f"401 for {address}: {user}~1 may not, {password}~2 is wrong"
    cleaned = without_secrets(message, address=address)
    assert f"{user}~1" not in cleaned
    assert f"{password}~2" not in cleaned


def test_queries_are_taken_out_of_messages() -> None:
    cleaned = without_secrets(
        "GET /x?token=abcdef failed: abcdef", address="http://cam/x?token=abcdef"
    )
    assert "abcdef" not in cleaned
