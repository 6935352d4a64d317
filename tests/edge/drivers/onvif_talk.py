"""Recorded talks with ONVIF devices: `?` what is asked, `:` how it is answered, `>` with what body, `~` not at all."""

import asyncio

from tests.edge.drivers.transcripts import Asked, data_of


class Device(Asked):
    """Answers HTTP by the transcript, a request a connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            (line.split(":")[1] for line in head.lower().split("\r\n") if "content-length" in line), "0"
        )
        request = head + (await reader.readexactly(int(length))).decode()
        sign, wanted = self.steps.pop(0) if self.steps else ("", "")
        if sign != "?" or wanted not in request:
            self.astray.append(f"{request[:60]} instead of {sign} {wanted}")
        answer = self.answer()
        if answer is None:
            await reader.read()  # until it is given up
        else:
            writer.write(answer)
        writer.close()
        await writer.wait_closed()

    def answer(self) -> bytes | None:
        sign, text = self.steps.pop(0)
        if sign == "~":
            return None
        status, kind = text.split()
        body = b""
        while self.steps and self.steps[0][0] == ">":
            body += data_of(self.steps.pop(0)[1])
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"Connection: close\r\n\r\n" + body
