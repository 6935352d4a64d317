"""The cloud's own server of the guard's API (`protocols.guard_api`): for sites whose boxes serve no page."""
