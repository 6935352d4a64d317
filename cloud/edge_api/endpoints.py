"""Enrolment, renewal, the revocation list, and what pki-sync fetches."""

import base64
from datetime import timedelta
from typing import Annotated, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from cloud.edge_api.house import EdgeHouse, edge_house_of
from cloud.edge_api.peer import peer_box, peer_name
from cloud.kernel import limits
from cloud.kernel.api import origins_of
from cloud.kernel.database import now
from cloud.kernel.errors import TooMany
from cloud.sites import errors, service
from cloud.sites.authority import to_pem
from cloud.sites.types import BROKER_KEEPER, BrokerOrders
from protocols import decoding
from protocols.enrolment import (
    Broker,
    CommandKey,
    EnrolAnswer,
    EnrolRequest,
    LapsedRequest,
    PageRequest,
    RenewAnswer,
    RenewRequest,
    encode,
)

MOST_BODY_BYTES = 64 * 1024
_MOST_FAILURES = 20
_WINDOW = timedelta(minutes=10)
_JSON = "application/json"
_PEM = "application/x-pem-file"

router = APIRouter(prefix="/edge")
House = Annotated[EdgeHouse, Depends(edge_house_of)]
T = TypeVar("T", bound=msgspec.Struct)


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY_BYTES:
            raise errors.RequestInvalid(reason=f"more than {MOST_BODY_BYTES} bytes")
    return body


Body = Annotated[bytes, Depends(_body)]


@router.get("/ca")
def ca(house: House) -> Response:
    """The CA's certificate: public; a box compares it with its code."""
    return Response(to_pem(house.ca.certificate), media_type=_PEM)


@router.get("/crl")
def crl(house: House) -> Response:
    """The revocation list: public, signed."""
    return Response(_crl(house), media_type=_PEM)


@router.post("/enrol")
def enrol(request: Request, house: House, body: Body) -> Response:
    """A code and a request become a certificate."""
    key = _count_try(house, request)
    asked = decode(EnrolRequest, body)
    with house.database.transaction() as session:
        issued = service.enrol(session, house.sign, asked)
    limits.forget(house.database, key)
    answer = EnrolAnswer(
        box=issued.box_id,
        certificate=issued.pem,
        ca=to_pem(house.ca.certificate).decode(),
        mqtt=Broker(host=house.settings.mqtt_host, port=house.settings.mqtt_port),
        command_key=CommandKey(
            id=house.command_key.id, public_key=base64.b64encode(house.command_key.raw).decode()
        ),
        files_url=f"{house.settings.edge_url}/edge/files",
    )
    return Response(encode(answer), media_type=_JSON)


@router.post("/renew")
def renew(request: Request, house: House, body: Body) -> Response:
    """The next certificate, for a box that shows the one it has."""
    box_id = peer_box(request)
    if box_id is None:
        raise errors.BoxUnknown
    asked = decode(RenewRequest, body)
    with house.database.transaction() as session:
        issued = service.renew(session, house.sign, box_id, asked.csr)
    return _renewed(house, issued.pem)


@router.post("/page")
def page(request: Request, house: House, body: Body) -> Response:
    """A certificate for the guard's page on a box, which shows its own."""
    box_id = peer_box(request)
    if box_id is None:
        raise errors.BoxUnknown
    asked = decode(PageRequest, body)
    with house.database.transaction() as session:
        issued = service.certify_page(session, house.sign_page, box_id, asked, house.own_hosts)
    return _renewed(house, issued.pem)


@router.post("/renew-lapsed")
def renew_lapsed(request: Request, house: House, body: Body) -> Response:
    """The next certificate, for a box that was away when its own ran out."""
    key = _count_try(house, request)
    asked = decode(LapsedRequest, body)
    with house.database.transaction() as session:
        issued = service.renew_lapsed(session, house.sign, asked)
    limits.forget(house.database, key)
    return _renewed(house, issued.pem)


@router.get("/broker")
def broker(request: Request, house: House) -> Response:
    """What the broker must refuse, for the pki-sync beside it."""
    name = peer_name(request) or ""
    if name.rpartition("-")[0] != BROKER_KEEPER:
        raise errors.BoxUnknown
    with house.database.transaction() as session:
        denied = service.denied_boxes(session)
    orders = BrokerOrders(denied=denied, crl=_crl(house).decode())
    return Response(msgspec.json.encode(orders), media_type=_JSON)


def _crl(house: EdgeHouse) -> bytes:
    with house.database.transaction() as session:
        return house.crl.pem(service.revoked_certificates(session), now(session))


def _renewed(house: EdgeHouse, pem: str) -> Response:
    answer = RenewAnswer(certificate=pem, ca=to_pem(house.ca.certificate).decode())
    return Response(encode(answer), media_type=_JSON)


def decode(kind: type[T], body: bytes) -> T:
    """Raises RequestInvalid naming the field."""
    try:
        return decoding.decode(msgspec.json.Decoder(kind), body)
    except msgspec.DecodeError as error:
        raise errors.RequestInvalid(reason=str(error)) from error


def _count_try(house: EdgeHouse, request: Request) -> str:
    """Failures are counted by address; a success forgets them."""
    key = f"edge:{origins_of(request)[0]}"
    try:
        limits.take(house.database, key, most=_MOST_FAILURES, window=_WINDOW)
    except TooMany as error:
        raise errors.RateLimited(retry_after_s=error.retry_after_s) from error
    return key
