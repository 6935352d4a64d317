"""The privacy slice's use cases, as others may call them."""

from cloud.privacy.looks import record_look, writer
from cloud.privacy.retention import record_box_run, rules_of, send_rules, set_rules, standings

__all__ = ["record_box_run", "record_look", "rules_of", "send_rules", "set_rules", "standings", "writer"]
