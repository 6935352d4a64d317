"""A guard marks that whoever is inside by a pass has left unseen."""

from edge.access.marking import Said
from edge.guardhouse import problems
from edge.guardhouse.catalogue import Catalogue
from edge.guardhouse.ground import Asked, Ground
from protocols.guard_api import MarkLeft
from protocols.guard_views import PassRow


class Leaving:
    """Handler of `mark_left`."""

    def __init__(self, ground: Ground, catalogue: Catalogue) -> None:
        self._ground = ground
        self._catalogue = catalogue

    async def left(self, asked: Asked) -> PassRow:
        """Whoever is not inside stays as they are. Raises Trouble, StoreError."""
        body: MarkLeft = asked.body
        why = body.why.strip()
        if not why:
            raise problems.invalid("why", "missing")
        pass_id = problems.found_id(asked.id)
        if await self._catalogue.row(pass_id) is None:
            raise problems.not_found(asked.id)
        said = Said(why, guard=asked.who.guard.id, shift=asked.on_duty.id)
        await self._ground.marking.left(pass_id, body.carrier, said)
        row = await self._catalogue.row(pass_id)
        if row is None:  # it left the list meanwhile
            raise problems.not_found(asked.id)
        return row
