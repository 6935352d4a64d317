"""What a person may do, and the roles that a company starts with."""

from enum import StrEnum

from cloud.kernel.language import Text


class Permission(StrEnum):
    """One thing that a role allows within a company."""

    ORGANISATION_MANAGE = "organisation.manage"
    STAFF_READ = "staff.read"
    STAFF_MANAGE = "staff.manage"
    ROLES_MANAGE = "roles.manage"
    AUDIT_READ = "audit.read"
    HOUSING_READ = "housing.read"
    HOUSING_MANAGE = "housing.manage"
    PEOPLE_READ = "people.read"
    PEOPLE_MANAGE = "people.manage"
    SITES_READ = "sites.read"
    SITES_MANAGE = "sites.manage"
    BOXES_ENROL = "boxes.enrol"
    GATES_OPEN = "gates.open"
    ALARMS_READ = "alarms.read"
    ALARMS_ACKNOWLEDGE = "alarms.acknowledge"
    QUARANTINE_READ = "quarantine.read"
    PASSES_READ = "passes.read"
    PASSES_ISSUE = "passes.issue"
    PASSES_REVOKE = "passes.revoke"
    BLACKLIST_READ = "blacklist.read"
    BLACKLIST_MANAGE = "blacklist.manage"
    PASSAGES_READ = "passages.read"
    TELEMETRY_READ = "telemetry.read"
    METERS_READ = "meters.read"
    METERS_MANAGE = "meters.manage"
    FILES_READ = "files.read"
    FILES_UPLOAD = "files.upload"
    FILES_REMOVE = "files.remove"


ADMINISTERING = frozenset({Permission.ORGANISATION_MANAGE, Permission.STAFF_MANAGE, Permission.ROLES_MANAGE})
"""Who has one of these can give rights, whatever the role is called: a company may ask them for a second factor."""


class RoleCode(StrEnum):
    """The roles that every company gets when it is made; it may change what each allows."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    DISPATCHER = "dispatcher"
    ACCOUNTANT = "accountant"
    ENGINEER = "engineer"
    CONTRACTOR = "contractor"
    GUARD = "guard"
    RESIDENT = "resident"


ROLE_NAMES: dict[RoleCode, Text] = {
    RoleCode.ADMINISTRATOR: Text("Администратор", "Administrator"),
    RoleCode.MANAGER: Text("Управляющий", "Manager"),
    RoleCode.DISPATCHER: Text("Диспетчер", "Dispatcher"),
    RoleCode.ACCOUNTANT: Text("Бухгалтер", "Accountant"),
    RoleCode.ENGINEER: Text("Инженер", "Engineer"),
    RoleCode.CONTRACTOR: Text("Подрядчик", "Contractor"),
    RoleCode.GUARD: Text("Охранник", "Guard"),
    RoleCode.RESIDENT: Text("Житель", "Resident"),
}

P = Permission
_READ_HOUSE = {P.HOUSING_READ, P.PEOPLE_READ, P.FILES_READ}
_READ_DEVICES = {P.SITES_READ, P.TELEMETRY_READ, P.METERS_READ}
_ALARMS = {P.ALARMS_READ, P.ALARMS_ACKNOWLEDGE}
_GATE = {P.PASSES_READ, P.PASSAGES_READ, P.BLACKLIST_READ}

DEFAULT_ROLES: dict[RoleCode, frozenset[Permission]] = {
    RoleCode.ADMINISTRATOR: frozenset(Permission),
    RoleCode.MANAGER: frozenset(Permission)
    - {P.ORGANISATION_MANAGE, P.ROLES_MANAGE, P.BOXES_ENROL, P.QUARANTINE_READ},
    RoleCode.DISPATCHER: frozenset(
        _READ_HOUSE
        | _READ_DEVICES
        | _GATE
        | _ALARMS
        | {P.PEOPLE_MANAGE, P.PASSES_ISSUE, P.PASSES_REVOKE, P.BLACKLIST_MANAGE, P.GATES_OPEN, P.STAFF_READ}
        | {P.FILES_UPLOAD}
    ),
    RoleCode.ACCOUNTANT: frozenset(_READ_HOUSE | {P.METERS_READ, P.TELEMETRY_READ, P.FILES_UPLOAD}),
    RoleCode.ENGINEER: frozenset(
        {P.HOUSING_READ, P.FILES_READ, P.FILES_UPLOAD, P.SITES_MANAGE, P.BOXES_ENROL, P.METERS_MANAGE}
        | _READ_DEVICES
        | _ALARMS
    ),
    RoleCode.CONTRACTOR: frozenset({P.HOUSING_READ, P.FILES_READ, P.FILES_UPLOAD}),
    RoleCode.GUARD: frozenset(_GATE | {P.HOUSING_READ, P.GATES_OPEN, P.FILES_READ, P.ALARMS_READ}),
    RoleCode.RESIDENT: frozenset(),
}
