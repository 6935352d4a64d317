"""The control API of a simulated site, on the loopback: what a hand would do at real devices."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from firmware_sim import panel as panels
from firmware_sim import pcsc_card, wiegand, wiegand_controller
from firmware_sim.bodies import (
    BodyBody,
    CarBody,
    CardBody,
    ConditionBody,
    DeskBody,
    EyeBody,
    InputBody,
    KeysBody,
    PanelBody,
    PushBody,
    RegistersBody,
    RingBody,
    ScanBody,
    StreamBody,
    TagBody,
    TroubleBody,
)
from firmware_sim.camera import PushError
from firmware_sim.lane import OccupiedError
from firmware_sim.modbus.line import Trouble
from firmware_sim.site import Site

READER_WAIT_S = 5.0
LOG_WAIT_MAX_S = 30.0


Handler = Callable[[Request], Awaitable[Response]]


class Control:
    """The handlers."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def overview(self, _request: Request) -> Response:
        """Ports, arms, counters, readers, cameras."""
        return JSONResponse(self._site.overview())

    async def log(self, request: Request) -> Response:
        """Entries after number `after`, of `kind` (may be repeated); waits up to `wait_s` for the first."""
        query = request.query_params
        kinds = frozenset(query.getlist("kind"))
        wait_s = min(float(query.get("wait_s", "0")), LOG_WAIT_MAX_S)
        return JSONResponse(
            await self._site.journal.wait_after(int(query.get("after", "0")), kinds, wait_s=wait_s)
        )

    async def card(self, request: Request) -> Response:
        """Present a card; waits a moment for the reader's panel."""
        reader = self._site.readers[request.path_params["name"]]
        bits = _bits(msgspec.json.decode(await request.body(), type=CardBody))
        await reader.wait_online(READER_WAIT_S)
        entry = reader.present(bits)
        return JSONResponse(entry, status_code=200 if entry["submitted"] else 503)

    async def keys(self, request: Request) -> Response:
        """Type at a reader; waits a moment for its panel."""
        reader = self._site.readers[request.path_params["name"]]
        keys = msgspec.json.decode(await request.body(), type=KeysBody).keys
        await reader.wait_online(READER_WAIT_S)
        entry = reader.press(keys)
        return JSONResponse(entry, status_code=200 if entry["submitted"] else 503)

    async def condition(self, request: Request) -> Response:
        """Open or close a reader's housing, take its power or give it back."""
        body = msgspec.json.decode(await request.body(), type=ConditionBody)
        reader = self._site.readers[request.path_params["name"]]
        reader.condition(opened=body.opened, power_fails=body.power_fails)
        return Response(status_code=204)

    async def scan(self, request: Request) -> Response:
        """Hold a code before a scanner."""
        body = msgspec.json.decode(await request.body(), type=ScanBody)
        entry = self._site.scanners[request.path_params["name"]].scan(body.text)
        return JSONResponse(entry, status_code=200 if entry["submitted"] else 503)

    async def tag(self, request: Request) -> Response:
        """Hold a tag in a reader's field."""
        field = self._site.fields[request.path_params["name"]]
        uid = bytes.fromhex(msgspec.json.decode(await request.body(), type=TagBody).uid)
        return JSONResponse(await asyncio.to_thread(field.present, uid))

    async def take_tag(self, request: Request) -> Response:
        """Take it away."""
        await asyncio.to_thread(self._site.fields[request.path_params["name"]].take)
        return Response(status_code=204)

    async def lay_card(self, request: Request) -> Response:
        """Lay a card on a desk reader."""
        desk = self._site.desks[request.path_params["name"]]
        uid = bytes.fromhex(msgspec.json.decode(await request.body(), type=TagBody).uid)
        entry = await desk.lay(pcsc_card.contactless(uid))
        return JSONResponse(entry, status_code=200 if entry["submitted"] else 503)

    async def take_card(self, request: Request) -> Response:
        """Take it away."""
        await self._site.desks[request.path_params["name"]].take()
        return Response(status_code=204)

    async def desk_fault(self, request: Request) -> Response:
        """Have cards on a desk reader fail when they are asked, or answer again."""
        body = msgspec.json.decode(await request.body(), type=DeskBody)
        desk = self._site.desks[request.path_params["name"]]
        desk.fault = body.fault
        self._site.journal.write("desk_fault", desk=desk.name, fault=body.fault)
        return Response(status_code=204)

    async def wiegand(self, request: Request) -> Response:
        """Present a card at a controller's reader; the controller pushes it."""
        controller = self._site.controllers[request.path_params["name"]]
        bits = _bits(msgspec.json.decode(await request.body(), type=CardBody))
        try:
            return JSONResponse(await controller.present(bits))
        except wiegand_controller.PushError as error:
            return JSONResponse({"error": str(error)}, status_code=502)

    async def car(self, request: Request) -> Response:
        """A car drives up; the camera pushes what it read."""
        body = msgspec.json.decode(await request.body(), type=CarBody)
        camera = self._site.cameras[request.path_params["name"]]
        try:
            answer = await camera.arrive(
                body.plate, read_as=body.read_as or body.plate, confidence=body.confidence
            )
        except PushError as error:
            return JSONResponse({"error": str(error)}, status_code=502)
        return JSONResponse(answer)

    async def eye(self, request: Request) -> Response:
        """An ONVIF camera is covered, turned away, without a signal; or sees again."""
        events = self._site.onvif[request.path_params["name"]].events
        if events is None:
            raise ValueError("it has no events")
        body = msgspec.json.decode(await request.body(), type=EyeBody)
        events.change(body.eye, body.state)
        return Response(status_code=204)

    async def forget_events(self, request: Request) -> Response:
        """It knows of no subscription any more, as after a start."""
        events = self._site.onvif[request.path_params["name"]].events
        if events is not None:
            events.forget()
        return Response(status_code=204)

    async def leave(self, request: Request) -> Response:
        """The lane before the camera is empty again."""
        self._site.cameras[request.path_params["name"]].leave()
        return Response(status_code=204)

    async def push_url(self, request: Request) -> Response:
        """Tell the camera where the box listens."""
        body = msgspec.json.decode(await request.body(), type=PushBody)
        self._site.cameras[request.path_params["name"]].push_url = body.push_url
        return Response(status_code=204)

    async def snapshot(self, request: Request) -> Response:
        """What the box asks a camera for."""
        camera = self._site.cameras[request.path_params["name"]]
        return Response(await asyncio.to_thread(camera.snapshot), media_type="image/jpeg")

    async def ring(self, request: Request) -> Response:
        """Somebody dials at a panel."""
        body = msgspec.json.decode(await request.body(), type=RingBody)
        name = request.path_params["name"]
        if name in self._site.sip_panels:
            await self._site.sip_panels[name].ring(body.number, (body.host, body.port))
            return Response(status_code=204)
        try:
            return JSONResponse({"call": await self._site.panels[name].ring(body.number)})
        except panels.PushError as error:
            return JSONResponse({"error": str(error)}, status_code=502)

    async def panel_event(self, request: Request) -> Response:
        """Whatever else a panel tells: a code, a card, the end of a call."""
        told = msgspec.json.decode(await request.body(), type=dict[str, str])
        try:
            await self._site.panels[request.path_params["name"]].tell(**told)
        except panels.PushError as error:
            return JSONResponse({"error": str(error)}, status_code=502)
        return Response(status_code=204)

    async def panel_push_url(self, request: Request) -> Response:
        """Tell the panel where the box listens."""
        body = msgspec.json.decode(await request.body(), type=PushBody)
        self._site.panels[request.path_params["name"]].push_url = body.push_url
        return Response(status_code=204)

    async def trouble(self, request: Request) -> Response:
        """Put a fault on a Modbus line, or take it off."""
        body = msgspec.json.decode(await request.body(), type=TroubleBody)
        line = self._site.lines[request.path_params["name"]]
        self._site.journal.write("trouble", line=line.line.name, fault=body.fault, unit=body.unit)
        await line.set_trouble(Trouble(body.fault, body.code, body.unit, body.delay_ms))
        return Response(status_code=204)

    async def registers(self, request: Request) -> Response:
        """Put registers into a meter."""
        body = msgspec.json.decode(await request.body(), type=RegistersBody)
        meter = self._site.meters[request.path_params["name"], request.path_params["unit"]]
        if not body.registers:
            meter.replaced.clear()
        for offset, register in enumerate(body.registers):
            meter.replaced[body.function, body.address + offset] = register
        return Response(status_code=204)

    async def barrier(self, request: Request) -> Response:
        """A car, a jam, a hand or a person at a barrier."""
        body = msgspec.json.decode(await request.body(), type=BodyBody)
        barrier = self._site.barriers[request.path_params["name"]]
        self._site.journal.write("hand", barrier=barrier.name, **_named(body))
        if body.occupied is not None:
            barrier.occupy(is_occupied=body.occupied)
        if body.blocked is not None:
            barrier.block(is_blocked=body.blocked)
        if body.jammed is not None:
            barrier.jam(is_jammed=body.jammed)
        if body.crank is not None:
            barrier.crank(body.crank)
        if body.go_through:
            barrier.go_through()
        if body.press:
            barrier.press()
        return Response(status_code=204)

    async def input(self, request: Request) -> Response:
        """Close or open a contact."""
        body = msgspec.json.decode(await request.body(), type=InputBody)
        relay = self._site.relays[request.path_params["name"], request.path_params["unit"]]
        relay.put(body.input, is_closed=body.closed)
        return Response(status_code=204)

    async def cut_power(self, request: Request) -> Response:
        """A relay module loses its supply for a moment."""
        self._site.relays[request.path_params["name"], request.path_params["unit"]].cut_power()
        return Response(status_code=204)

    async def stop_reader(self, request: Request) -> Response:
        """Pull a reader's plug."""
        await self._site.readers[request.path_params["name"]].stop()
        return Response(status_code=204)

    async def start_reader(self, request: Request) -> Response:
        """Put the plug back."""
        reader = self._site.readers[request.path_params["name"]]
        if not reader.is_plugged:
            await reader.start()
        return Response(status_code=204)

    async def stop_scanner(self, request: Request) -> Response:
        """Pull a scanner's plug."""
        await self._site.scanners[request.path_params["name"]].stop()
        return Response(status_code=204)

    async def start_scanner(self, request: Request) -> Response:
        """Put the plug back."""
        scanner = self._site.scanners[request.path_params["name"]]
        if not scanner.is_plugged:
            await scanner.start()
        return Response(status_code=204)

    async def stream_fault(self, request: Request) -> Response:
        """Have a stream stall, fall silent, refuse or send garbage, or work again."""
        body = msgspec.json.decode(await request.body(), type=StreamBody)
        stream = self._site.streams[request.path_params["name"]]
        stream.fault = body.fault
        self._site.journal.write("stream_fault", stream=stream.name, fault=body.fault)
        return Response(status_code=204)

    async def panel_fault(self, request: Request) -> Response:
        """Have a panel fail when it is asked, or work again."""
        body = msgspec.json.decode(await request.body(), type=PanelBody)
        panel = self._site.panels[request.path_params["name"]]
        panel.fault = body.fault
        self._site.journal.write("panel_fault", panel=panel.name, fault=body.fault)
        return Response(status_code=204)

    async def drive_up(self, request: Request) -> Response:
        """A car comes along a lane; what it does then, it does by itself."""
        body = msgspec.json.decode(await request.body(), type=CarBody)
        lane = self._site.lanes[request.path_params["name"]]
        try:
            lane.drive_up(body.plate, read_as=body.read_as or body.plate, confidence=body.confidence)
        except OccupiedError as error:
            return JSONResponse({"error": str(error)}, status_code=409)
        return Response(status_code=202)

    async def drive_back(self, request: Request) -> Response:
        """The car that waits in a lane turns round."""
        try:
            self._site.lanes[request.path_params["name"]].drive_back()
        except OccupiedError as error:
            return JSONResponse({"error": str(error)}, status_code=409)
        return Response(status_code=202)


def application(site: Site) -> Starlette:
    """The ASGI app."""
    control = Control(site)

    def post(path: str, handler: Handler) -> Route:
        return Route(path, handler, methods=["POST"])

    return Starlette(
        routes=[
            Route("/", control.overview),
            Route("/log", control.log),
            post("/readers/{name}/card", control.card),
            post("/readers/{name}/keys", control.keys),
            post("/readers/{name}/condition", control.condition),
            post("/readers/{name}/stop", control.stop_reader),
            post("/readers/{name}/start", control.start_reader),
            post("/fields/{name}/tag", control.tag),
            post("/fields/{name}/take", control.take_tag),
            post("/desks/{name}/card", control.lay_card),
            post("/desks/{name}/take", control.take_card),
            post("/desks/{name}/fault", control.desk_fault),
            post("/controllers/{name}/card", control.wiegand),
            post("/scanners/{name}/scan", control.scan),
            post("/cameras/{name}/car", control.car),
            post("/cameras/{name}/leave", control.leave),
            post("/cameras/{name}/push-url", control.push_url),
            Route("/cameras/{name}/snapshot.jpg", control.snapshot),
            post("/scanners/{name}/stop", control.stop_scanner),
            post("/scanners/{name}/start", control.start_scanner),
            post("/streams/{name}/fault", control.stream_fault),
            post("/panels/{name}/ring", control.ring),
            post("/panels/{name}/event", control.panel_event),
            post("/panels/{name}/push-url", control.panel_push_url),
            post("/panels/{name}/fault", control.panel_fault),
            post("/onvif/{name}/eye", control.eye),
            post("/onvif/{name}/forget-events", control.forget_events),
            post("/lanes/{name}/car", control.drive_up),
            post("/lanes/{name}/leave", control.drive_back),
            post("/barriers/{name}", control.barrier),
            post("/lines/{name}/trouble", control.trouble),
            post("/lines/{name}/relays/{unit:int}/input", control.input),
            post("/lines/{name}/relays/{unit:int}/cut-power", control.cut_power),
            post("/lines/{name}/meters/{unit:int}/registers", control.registers),
        ],
        exception_handlers={
            KeyError: _unknown,
            ValueError: _bad_request,
            msgspec.ValidationError: _bad_request,
            msgspec.DecodeError: _bad_request,
        },
    )


def _named(body: BodyBody) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}


def _bits(card: CardBody) -> str:
    if card.bits is not None:
        return card.bits
    if card.number is None:
        raise ValueError("neither bits nor number")
    return wiegand.w34(card.number) if card.facility is None else wiegand.h10301(card.facility, card.number)


async def _unknown(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"no such device: {error}"}, status_code=404)


async def _bad_request(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=422)
