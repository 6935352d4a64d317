"""The certificate of a box's guard's page: uploaded, taken away, rendered for the box; its key is sealed."""

from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from cloud.kernel import audit, realtime
from cloud.kernel.actor import Actor
from cloud.kernel.database import now
from cloud.kernel.errors import FixInput
from cloud.kernel.permissions import Permission
from cloud.kernel.secrets import SecretBox
from cloud.sites import errors, page_checks
from cloud.sites.boxes import find_box
from cloud.sites.models import Box, BoxState
from cloud.sites.page_checks import Judged
from cloud.sites.page_schemas import PageCertificateDraft
from protocols import config


def upload_page_certificate(
    session: Session, actor: Actor, vault: SecretBox, box_id: UUID, draft: PageCertificateDraft
) -> None:
    """It counts from the next configuration on. Raises FixInput, PageNotServed, BoxRevoked.

    A box that tells of no page served by HTTPS would have no use for it, and an older one would refuse every further
    configuration for its sake.
    """
    actor.require(Permission.SITES_MANAGE)
    box = find_box(session, box_id, lock=True)
    if box.revoked_at is not None:
        raise errors.BoxRevoked
    state = session.get(BoxState, box_id)
    if state is None or state.page is None:
        raise errors.PageNotServed
    judged = page_checks.judge(draft.certificate, draft.key, now(session))
    if not isinstance(judged, Judged):
        raise FixInput(*judged)
    fault = page_checks.names_fault(judged.names, state.page.get("own_names", []))
    if fault is not None and not draft.other_names:
        raise FixInput(fault)
    if page_certificate(box, vault) != judged.page:  # sealed anew, the same would look like another
        box.page_sealed = vault.seal(msgspec.json.encode(judged.page), _place(box_id))
    told = {"names": judged.names, "fingerprint": judged.fingerprint}
    box.page_uploaded = told | {
        "issuer": judged.issuer,
        "ends": judged.certificate.not_valid_after_utc.isoformat(),
        "at": now(session).isoformat(),
    }
    audit.record(session, actor, "sites.box.upload_certificate", "box", box_id, told)
    _changed(session, box)


def remove_page_certificate(session: Session, actor: Actor, box_id: UUID) -> None:
    """The cloud's CA serves again, from the next configuration on. Raises NoPageCertificate."""
    actor.require(Permission.SITES_MANAGE)
    box = find_box(session, box_id, lock=True)
    if box.page_uploaded is None:
        raise errors.NoPageCertificate
    told = {"names": box.page_uploaded["names"], "fingerprint": box.page_uploaded["fingerprint"]}
    box.page_sealed, box.page_uploaded = None, None
    audit.record(session, actor, "sites.box.remove_certificate", "box", box_id, told)
    _changed(session, box)


def page_certificate(box: Box, vault: SecretBox) -> config.PageCertificate | None:
    """What was uploaded, with its key."""
    if box.page_sealed is None:
        return None
    return msgspec.json.decode(vault.open(box.page_sealed, _place(box.id)), type=config.PageCertificate)


def _changed(session: Session, box: Box) -> None:
    realtime.publish(session, box.organisation_id, "box", box.id, Permission.SITES_READ)


def _place(box_id: UUID) -> str:
    return f"page_certificate/{box_id}"
