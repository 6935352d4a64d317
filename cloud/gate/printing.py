"""A shift's report on paper, made by the module that boxes print with, in a process of its own."""

import asyncio
import sys

import msgspec
from starlette.responses import Response

from cloud.kernel.language import preferred_language
from cloud.sites.models import Site
from protocols.guard_views import ShiftReport
from protocols.shift_pdf import Order

_WITHIN_S = 30.0


async def printed(report: ShiftReport, site: Site, accept_language: str | None) -> Response:
    """The PDF, in the language and on the clock of whoever reads it. Raises RuntimeError when it cannot be made."""
    language = preferred_language(accept_language)
    order = Order(report=report, site=site.name, time_zone=site.time_zone, language=language.value)
    data = await _print(msgspec.json.encode(order))
    name = f"smena-{report.shift.begun_at:%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, headers=headers, media_type="application/pdf")


async def _print(order: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "protocols.shift_pdf",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_WITHIN_S):
            data, words = await process.communicate(order)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"protocols.shift_pdf: {words.decode(errors='replace')[-2000:]}")
    return data
