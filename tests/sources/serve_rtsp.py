"""An RTSP camera of one stream, interleaved over TCP: enough of RFC 2326 and RFC 6184 to play."""

from __future__ import annotations

import base64
import re
import socket
import struct
import time

from serve_media import annex_b_units, head_of

MAX_PAYLOAD = 1200


class RtspCamera:
    """Answers OPTIONS, DESCRIBE, SETUP and PLAY, then sends H.264 as RTP packets."""

    def __init__(self, *, login: str | None = None, count: int = 50, pause_s: float = 0.02) -> None:
        self.headers, self.pictures = annex_b_units(count)
        self.login = login
        self.pause_s = pause_s
        self.transports: list[str] = []

    def __call__(self, connection: socket.socket, number: int) -> None:  # noqa: ARG002
        while request := head_of(connection).decode():
            method = request.split(" ", 1)[0]
            if not self._allowed(request):
                self._reply(connection, request, 401, 'WWW-Authenticate: Basic realm="cam"')
            elif method == "DESCRIBE":
                base = f"Content-Base: {request.split()[1]}/"
                self._reply(connection, request, 200, base, body=self._description())
            elif method == "SETUP":
                self.transports += re.findall(r"Transport: (.*)\r", request)
                chosen = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"
                self._reply(connection, request, 200, chosen, "Session: 12345678")
            elif method == "PLAY":
                self._reply(connection, request, 200, "Session: 12345678")
                self._play(connection)
                return
            else:
                self._reply(connection, request, 200, "Public: OPTIONS, DESCRIBE, SETUP, PLAY")

    def _allowed(self, request: str) -> bool:
        if self.login is None or request.startswith("OPTIONS"):
            return True
        return f"Basic {base64.b64encode(self.login.encode()).decode()}" in request

    def _reply(
        self, connection: socket.socket, request: str, code: int, *lines: str, body: str = ""
    ) -> None:
        number = re.findall(r"CSeq: (\d+)", request)[0]
        head = [f"RTSP/1.0 {code} {'OK' if code == 200 else 'Unauthorized'}", f"CSeq: {number}"]
        if body:
            head += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
        connection.sendall("\r\n".join([*head, *lines, "", body]).encode())

    def _description(self) -> str:
        sets = ",".join(base64.b64encode(unit).decode() for unit in self.headers)
        lines = [
            "v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "t=0 0", "m=video 0 RTP/AVP 96",
            "a=rtpmap:96 H264/90000", f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}",
            "a=control:track1", "",
        ]  # fmt: skip
        return "\r\n".join(lines)

    def _play(self, connection: socket.socket) -> None:
        sequence = 0
        for index, units in enumerate(self.pictures):
            payloads = [payload for unit in units for payload in fragments(unit)]
            for place, payload in enumerate(payloads):
                last = 0x80 if place == len(payloads) - 1 else 0
                head = struct.pack(">BBHII", 0x80, last | 96, sequence & 0xFFFF, index * 3600, 7)
                framed = struct.pack(">cBH", b"$", 0, len(head) + len(payload)) + head + payload
                connection.sendall(framed)
                sequence += 1
            time.sleep(self.pause_s)


def fragments(unit: bytes) -> list[bytes]:
    """Split a unit that is too long for a packet (RFC 6184 section 5.8, FU-A)."""
    if len(unit) <= MAX_PAYLOAD:
        return [unit]
    indicator, kind, body = unit[0] & 0xE0 | 28, unit[0] & 31, unit[1:]
    starts = range(0, len(body), MAX_PAYLOAD)
    return [
        bytes([indicator, (0x80 if at == 0 else 0) | (0x40 if at == starts[-1] else 0) | kind])
        + body[at : at + MAX_PAYLOAD]
        for at in starts
    ]
