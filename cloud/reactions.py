"""What follows from what: for every domain event, the handlers that a worker calls at least once.

A handler is `def handler(session, actor, event)`; it runs in a savepoint of the worker's transaction in the company,
and is idempotent. An event that is not listed is kept as a record and nothing follows from it.
"""

from cloud.kernel.outbox import Reactions
from cloud.meters import service as meters
from cloud.sites.events import BoxReplaced

REACTIONS: Reactions = {
    BoxReplaced: (meters.follow_replacement,),
}
