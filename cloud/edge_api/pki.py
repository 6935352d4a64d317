"""`domovoy pki …`: the CA, certificates of servers and services, the command key, the broker's first files."""

import base64
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from cloud.kernel.clock import SystemClock
from cloud.kernel.database import Database, Scope
from cloud.kernel.settings import Settings
from cloud.sites import broker, keyfiles, service
from cloud.sites.keyfiles import KeyFileError
from protocols.held import ItemKind, KeyItem, KeyPurpose


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """0 when it is done; 1 with the reason on standard error."""
    asked = _parser(settings).parse_args(arguments)
    try:
        asked.do(asked, SystemClock().now())
    except (KeyFileError, OSError, broker.ServiceNameError) as error:
        raise SystemExit(f"domovoy pki {asked.what}: {error}") from error
    return 0


def _parser(settings: Settings) -> ArgumentParser:
    parser = ArgumentParser(prog="domovoy pki", description=__doc__)
    parser.add_argument(
        "--dir",
        type=Path,
        default=settings.pki_dir,
        required=settings.pki_dir is None,
        help="the CA's folder (DOMOVOY_PKI_DIR)",
    )
    what = parser.add_subparsers(dest="what", required=True)
    init = what.add_parser("init", help="make the CA unless it is there")
    init.add_argument("--name", default="Domovoy")
    init.set_defaults(do=_init)
    server = what.add_parser("server-cert", help="a server's key and certificate")
    server.add_argument("--name", required=True, help='file name, such as "broker"')
    server.add_argument("--host", required=True, action="append", help="DNS name or IP address; repeatable")
    server.add_argument("--out", type=Path, required=True, help="folder for key, certificate and ca.pem")
    server.set_defaults(do=_server)
    service = what.add_parser("service-cert", help="a cloud process's key and client certificate")
    service.add_argument("--name", required=True, help='MQTT user, such as "ingest-1", "pki-sync-1"')
    service.add_argument("--out", type=Path, required=True, help="folder for key, certificate and ca.pem")
    service.set_defaults(do=_service)
    command_key = what.add_parser("command-key", help="the key that signs commands, and its public half")
    command_key.add_argument("--out", type=Path, required=True, help="file; the public half gets .pub added")
    command_key.set_defaults(do=_command_key)
    announce = what.add_parser(
        "announce-key",
        help="let every box trust a further command key, before downlink begins to sign with it",
    )
    announce.add_argument("--key", type=Path, required=True, help="its public half")
    announce.set_defaults(do=lambda asked, now: _announce_key(settings, asked, now))
    files = what.add_parser("broker-files", help="access list and revocation list for a broker's first start")
    files.add_argument("--service", required=True, action="append", help="MQTT user; repeatable")
    files.add_argument("--out", type=Path, required=True, help="the broker's folder")
    files.set_defaults(do=_broker_files)
    return parser


def _init(asked: Namespace, now: datetime) -> None:
    keyfiles.create_authority(asked.dir, asked.name, now)


def _server(asked: Namespace, now: datetime) -> None:
    keyfiles.write_server(keyfiles.load_authority(asked.dir), asked.out, asked.name, asked.host, now)


def _service(asked: Namespace, now: datetime) -> None:
    keyfiles.write_service(keyfiles.load_authority(asked.dir), asked.out, asked.name, now)


def _command_key(asked: Namespace, _now: datetime) -> None:
    keyfiles.create_command_key(asked.out)


def _announce_key(settings: Settings, asked: Namespace, now: datetime) -> None:
    """Through every site's log, as domovoy_worker; repeating it changes nothing."""
    key = keyfiles.load_verify_key(asked.key)
    item = KeyItem(
        id=key.id,
        purpose=KeyPurpose.COMMAND,
        public_key=base64.b64encode(key.raw).decode(),
        valid_from=now,
    )
    database = Database(settings.need_database_url(), pool_size=1, application_name="domovoy pki")
    try:
        announce_key(database, item)
    finally:
        database.close()


def announce_key(database: Database, item: KeyItem) -> int:
    """Put a key into what every site of every company holds, a site at a time; how many sites there are."""
    with database.transaction() as session:
        organisations = list(session.scalars(text("SELECT organisation_ids()")))
    count = 0
    for organisation_id in organisations:
        scope = Scope.organisation(organisation_id)
        with database.transaction(scope) as session:
            sites = service.site_places(session)
        for site in sites:
            with database.transaction(scope) as session:
                if not service.is_held(session, site.site_id, ItemKind.KEY, item.id):
                    service.append_item(session, site.site_id, item)
            count += 1
    return count


def _broker_files(asked: Namespace, _now: datetime) -> None:
    """Leaves alone what pki-sync keeps already."""
    access_list = asked.out / "acl"
    if not access_list.exists():
        keyfiles.replace_file(access_list, broker.access_list(asked.service, []).encode())
    revocations = asked.out / keyfiles.CRL
    if not revocations.exists():
        keyfiles.replace_file(revocations, (asked.dir / keyfiles.CRL).read_bytes())
