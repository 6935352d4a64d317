"""What is answered about who looked at whose data."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from cloud.kernel.schemas import Output, example

_ID, _AT = "0193514c-8a00-7000-8000-000000000001", "2026-11-22T10:00:00Z"


class LookOut(Output):
    """Somebody looked at data of persons. `subjects`: whose it was; `names`: what they are called now."""

    model_config = example(
        id=_ID,
        organisation_id=_ID,
        at=_AT,
        kind="passes",
        account_id=_ID,
        guard_id=None,
        who="Мария Диспетчер",
        role="Диспетчер",
        operation="list_passes",
        screen="/desk/passes",
        asked={"q": "711"},
        subjects=["pass:" + _ID, "plate:X711TT90"],
        names={"pass:" + _ID: "№ 12, Петров Пётр", "plate:X711TT90": "Х 711 ТТ 90"},
        rows=1,
        times=1,
        address="10.0.0.7",
        box=None,
        site=None,
    )

    id: UUID
    organisation_id: UUID
    at: datetime
    kind: str
    account_id: UUID | None
    guard_id: UUID | None
    who: str
    role: str
    operation: str
    screen: str = Field(description="the page of the web app; empty: not told")
    asked: dict[str, str]
    subjects: list[str]
    names: dict[str, str]
    rows: int
    times: int = Field(description="how often within its minute, where a box counted")
    address: str | None
    box: str | None = Field(description="at whose page")
    site: str | None
