"""What the residents slice keeps of persons: that a pass which somebody watches was used."""

from cloud.kernel.retention import Kept, Part
from cloud.residents.models import Notice
from protocols.privacy import KeptKind

KEPT: tuple[Kept, ...] = (Part(kind=KeptKind.PASSAGES, table=Notice, at=Notice.at),)
