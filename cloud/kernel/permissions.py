"""What a person may do, and the roles that a company starts with."""

from enum import StrEnum

from cloud.kernel.language import Language, Text


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
    PASSES_APPROVE = "passes.approve"
    PASSES_REVOKE = "passes.revoke"
    BLACKLIST_READ = "blacklist.read"
    BLACKLIST_MANAGE = "blacklist.manage"
    PASSAGES_READ = "passages.read"
    GATE_WORK = "gate.work"
    GUARDS_MANAGE = "guards.manage"
    WATCH_READ = "watch.read"
    VIOLATIONS_READ = "violations.read"
    VIOLATIONS_MANAGE = "violations.manage"
    VIOLATIONS_CHARGE = "violations.charge"
    TELEMETRY_READ = "telemetry.read"
    METERS_READ = "meters.read"
    METERS_MANAGE = "meters.manage"
    FILES_READ = "files.read"
    FILES_UPLOAD = "files.upload"
    FILES_REMOVE = "files.remove"


ADMINISTERING = frozenset({Permission.ORGANISATION_MANAGE, Permission.STAFF_MANAGE, Permission.ROLES_MANAGE})
"""Who has one of these can give rights, whatever the role is called: a company may ask them for a second factor."""


PERMISSION_NAMES: dict[Permission, Text] = {
    Permission.ORGANISATION_MANAGE: Text("Менять сведения о компании", "Change the company's details"),
    Permission.STAFF_READ: Text("Видеть сотрудников", "See staff"),
    Permission.STAFF_MANAGE: Text("Приглашать и менять сотрудников", "Invite and change staff"),
    Permission.ROLES_MANAGE: Text("Менять роли и права", "Change roles and permissions"),
    Permission.AUDIT_READ: Text("Читать журнал действий", "Read the audit trail"),
    Permission.HOUSING_READ: Text("Видеть жилой фонд", "See housing"),
    Permission.HOUSING_MANAGE: Text("Менять жилой фонд", "Change housing"),
    Permission.PEOPLE_READ: Text("Видеть жителей", "See residents"),
    Permission.PEOPLE_MANAGE: Text("Менять сведения о жителях", "Change residents' details"),
    Permission.SITES_READ: Text("Видеть объекты и устройства", "See sites and devices"),
    Permission.SITES_MANAGE: Text("Настраивать объекты и устройства", "Set up sites and devices"),
    Permission.BOXES_ENROL: Text("Подключать и отзывать контроллеры", "Enrol and revoke boxes"),
    Permission.GATES_OPEN: Text("Открывать шлагбаумы и двери", "Open gates and doors"),
    Permission.ALARMS_READ: Text("Видеть тревоги", "See alarms"),
    Permission.ALARMS_ACKNOWLEDGE: Text("Подтверждать тревоги", "Acknowledge alarms"),
    Permission.QUARANTINE_READ: Text(
        "Видеть отложенные сообщения контроллеров", "See what of the boxes was set aside"
    ),
    Permission.PASSES_READ: Text("Видеть пропуска", "See passes"),
    Permission.PASSES_ISSUE: Text("Выдавать пропуска", "Issue passes"),
    Permission.PASSES_APPROVE: Text("Согласовывать пропуска", "Approve passes"),
    Permission.PASSES_REVOKE: Text("Аннулировать пропуска", "Revoke passes"),
    Permission.BLACKLIST_READ: Text("Видеть чёрный список", "See the blacklist"),
    Permission.BLACKLIST_MANAGE: Text("Вести чёрный список", "Keep the blacklist"),
    Permission.PASSAGES_READ: Text("Видеть проезды", "See passages"),
    Permission.GATE_WORK: Text("Работать на посту охраны", "Keep watch at the gate"),
    Permission.GUARDS_MANAGE: Text("Выдавать охране ПИН и карты", "Give guards their PINs and cards"),
    Permission.WATCH_READ: Text(
        "Видеть смены, посетителей и решения охраны", "See guards' shifts, visitors and decisions"
    ),
    Permission.VIOLATIONS_READ: Text("Видеть нарушения", "See violations"),
    Permission.VIOLATIONS_MANAGE: Text("Вести нарушения", "Handle violations"),
    Permission.VIOLATIONS_CHARGE: Text("Выставлять плату за нарушения", "Charge for violations"),
    Permission.TELEMETRY_READ: Text("Видеть показания датчиков", "See sensor values"),
    Permission.METERS_READ: Text("Видеть счётчики", "See meters"),
    Permission.METERS_MANAGE: Text("Настраивать счётчики", "Set up meters"),
    Permission.FILES_READ: Text("Смотреть снимки и файлы", "View pictures and files"),
    Permission.FILES_UPLOAD: Text("Загружать файлы", "Upload files"),
    Permission.FILES_REMOVE: Text("Удалять файлы", "Remove files"),
}
"""What each allows, as the screens of roles say it."""


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


def roles_in_language(names: str, language: Language) -> str:
    """Names of roles, joined by commas, as they were kept: those that every company has are told to each in his own."""
    known = {name: text for text in ROLE_NAMES.values() for name in (text.ru, text.en)}
    told = (known[name].in_language(language) if name in known else name for name in names.split(", "))
    return ", ".join(told)


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
        | {P.FILES_UPLOAD, P.WATCH_READ, P.VIOLATIONS_READ, P.VIOLATIONS_MANAGE}
    ),
    RoleCode.ACCOUNTANT: frozenset(
        _READ_HOUSE
        | {P.METERS_READ, P.TELEMETRY_READ, P.FILES_UPLOAD, P.VIOLATIONS_READ, P.VIOLATIONS_CHARGE}
    ),
    RoleCode.ENGINEER: frozenset(
        {P.HOUSING_READ, P.FILES_READ, P.FILES_UPLOAD, P.SITES_MANAGE, P.BOXES_ENROL, P.METERS_MANAGE}
        | _READ_DEVICES
        | _ALARMS
    ),
    RoleCode.CONTRACTOR: frozenset({P.HOUSING_READ, P.FILES_READ, P.FILES_UPLOAD}),
    RoleCode.GUARD: frozenset(
        _GATE | {P.HOUSING_READ, P.GATES_OPEN, P.FILES_READ, P.ALARMS_READ, P.GATE_WORK}
    ),
    RoleCode.RESIDENT: frozenset(),
}
