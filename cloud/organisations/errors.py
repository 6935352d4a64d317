"""What callers of the slice are told."""

from cloud.kernel.errors import Conflict, FixInput, Gone, NotAllowed, SignIn
from cloud.kernel.language import Text


class WrongCredentials(SignIn):
    """Address and password do not fit; which of the two is not told."""

    code = "wrong_credentials"
    text = Text("Неверная почта или пароль.", "Wrong e-mail or password.")


class TotpRequired(SignIn):
    """The password is right; the code of the authenticator app is needed too."""

    code = "totp_required"
    text = Text("Введите код из приложения.", "Enter the code from your authenticator app.")


class TotpWrong(SignIn):
    """The code does not fit, or was used before."""

    code = "totp_wrong"
    text = Text("Код неверен или уже использован.", "The code is wrong or was already used.")


class TotpMustBeSetUp(NotAllowed):
    """The company lets administrators work only with an authenticator app."""

    code = "totp_must_be_set_up"
    text = Text(
        "Компания требует от администраторов вход с кодом. Подключите приложение в профиле.",
        "The company requires administrators to sign in with a code. Set up an authenticator app in your profile.",
    )
    example = {}


class LinkDead(Gone):
    """A one-time link was used, has expired, or never was."""

    code = "link_dead"
    text = Text("Ссылка недействительна или устарела.", "The link is invalid or has expired.")


class FirstRunOver(Gone):
    """The installation has its first administrator."""

    code = "first_run_over"
    text = Text(
        "Первый запуск уже выполнен или ключ неверен.", "The first run is over, or the token is wrong."
    )


class PasswordWeak(FixInput):
    """Too short, too long, or the address itself."""

    code = "password_weak"
    text = Text("Пароль слишком слабый.", "The password is too weak.")


class AlreadyStaff(Conflict):
    """The person already belongs to the company."""

    code = "already_staff"
    text = Text("Этот человек уже сотрудник компании.", "This person is already staff of the company.")


class NotJoinedYet(Conflict):
    """Who is invited becomes staff by accepting, and by nothing else."""

    code = "not_joined_yet"
    text = Text(
        "Приглашённый станет сотрудником, когда сам примет приглашение.",
        "Somebody invited becomes staff by accepting the invitation themself.",
    )


class NoLongerStaff(Conflict):
    """Who was let go, or left, comes back by a new invitation."""

    code = "no_longer_staff"
    text = Text(
        "Этот человек больше не сотрудник компании. Пригласите его заново.",
        "This person is no longer staff of the company. Invite them again.",
    )


class Outranked(NotAllowed):
    """Nobody changes, suspends or lets go a person who may do more than they."""

    code = "outranked"
    text = Text(
        "У этого человека есть права, которых нет у вас: {permission}.",
        "This person has rights that you do not have: {permission}.",
    )
    example = {"permission": "roles.manage"}


class LastAdministrator(Conflict):
    """A company keeps at least one active administrator."""

    code = "last_administrator"
    text = Text("Нельзя убрать последнего администратора.", "The last administrator cannot be removed.")


class RoleInUse(Conflict):
    """Somebody has the role."""

    code = "role_in_use"
    text = Text("Роль назначена сотрудникам: {people}.", "People have this role: {people}.")
    example = {"people": 3}


class RoleNameTaken(Conflict):
    """Another role has that name."""

    code = "role_name_taken"
    text = Text("Роль с таким названием уже есть.", "There already is a role of that name.")


class PreferencesFull(Conflict):
    """So many preferences are kept of one person, and no more."""

    code = "preferences_full"
    text = Text("Настроек слишком много: не больше {most}.", "Too many preferences: at most {most}.")
    example = {"most": 100}


class OperatorOnly(NotAllowed):
    """Only who runs the installation makes companies."""

    code = "operator_only"
    text = Text("Это может только оператор установки.", "Only the installation's operator may do this.")
    example = {}
