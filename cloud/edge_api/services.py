"""For the cloud's own processes, known by their client certificates, and the time for a box that has lost it."""

from typing import Annotated

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID
from fastapi import APIRouter, Depends, Request, Response

from cloud.edge_api.endpoints import Body, decode
from cloud.edge_api.house import EdgeHouse, edge_house_of
from cloud.edge_api.peer import peer_name
from cloud.kernel.errors import NotAllowed
from cloud.kernel.language import Text
from cloud.sites import authority, broker, errors
from cloud.sites.authority import RequestError, to_pem
from cloud.sites.broker import ServiceNameError
from cloud.sites.types import BROKER_KEEPER, ServerRenewal
from protocols.enrolment import RenewAnswer, RenewRequest, TimeAnswer, encode

router = APIRouter(prefix="/edge")
House = Annotated[EdgeHouse, Depends(edge_house_of)]
_JSON = "application/json"


class ServiceUnknown(NotAllowed):
    """No process of the cloud that may ask for this."""

    code = "service_unknown"
    text = Text("Это может только служба облака.", "Only a process of the cloud may do this.")
    example = {}


@router.get("/time")
def time(house: House) -> Response:
    """The cloud's time: public. A box whose clock is wrong cannot tell whether its certificate has lapsed."""
    return Response(encode(TimeAnswer(now=house.database.ports.clock.now())), media_type=_JSON)


@router.post("/renew-service")
def renew_service(request: Request, house: House, body: Body) -> Response:
    """The next certificate of a process that shows the one it has; the name stays."""
    name = peer_name(request) or ""
    if not _is_service(name):
        raise ServiceUnknown
    key = _key_of(decode(RenewRequest, body).csr)
    return _answer(house, authority.issue_service(house.ca, key, name, house.database.ports.clock.now()))


@router.post("/renew-broker")
def renew_broker(request: Request, house: House, body: Body) -> Response:
    """The next certificate of the broker, for the pki-sync beside it; the hosts stay."""
    if not _is_keeper(peer_name(request) or ""):
        raise ServiceUnknown
    asked = decode(ServerRenewal, body)
    hosts = _hosts_of(house, asked.certificate)
    key = _key_of(asked.csr)
    return _answer(house, authority.issue_server(house.ca, key, hosts, house.database.ports.clock.now()))


def _is_service(name: str) -> bool:
    try:
        broker.service_of(name)
    except ServiceNameError:
        return _is_keeper(name)
    return True


def _is_keeper(name: str) -> bool:
    keeper, _, number = name.rpartition("-")
    return keeper == BROKER_KEEPER and number.isdecimal()


def _key_of(csr: str) -> authority.PublicKey:
    try:
        return authority.key_of(authority.read_request(csr))
    except RequestError as error:
        raise errors.RequestInvalid(reason=str(error)) from error


def _hosts_of(house: EdgeHouse, pem: str) -> list[str]:
    """The names of a server certificate of this CA, one of them where boxes reach the broker: no other server's."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        certificate.verify_directly_issued_by(house.ca.certificate)
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        hosts = authority.hosts_of(certificate)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
        raise errors.RequestInvalid(reason=f"certificate: none of this CA's servers: {error}") from error
    if ExtendedKeyUsageOID.SERVER_AUTH not in usage or house.settings.mqtt_host not in hosts:
        raise errors.RequestInvalid(reason=f"certificate: not of the broker at {house.settings.mqtt_host}")
    return hosts


def _answer(house: EdgeHouse, certificate: x509.Certificate) -> Response:
    answer = RenewAnswer(certificate=to_pem(certificate).decode(), ca=to_pem(house.ca.certificate).decode())
    return Response(msgspec.json.encode(answer), media_type=_JSON)
