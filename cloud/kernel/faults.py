"""Whose fault a failure at the database is: the database's, or that of what it was given.

The first is waited for and tried again, however long; the second comes again however often it is tried.
"""

import re

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_UNAVAILABLE = (
    psycopg.OperationalError,  # gone, overloaded, locked, full
    psycopg.InterfaceError,
    errors.IdleInTransactionSessionTimeout,
    errors.ReadOnlySqlTransaction,  # a standby that was not promoted
    errors.UndefinedTable,  # not migrated yet
    errors.UndefinedColumn,
    errors.InvalidSchemaName,
)
_UNDONE = (errors.SerializationFailure, errors.DeadlockDetected)
_LIMIT_EXCEEDED = (
    "54"  # class of SQLSTATE; psycopg calls these operational, but the same values exceed them again
)


_DATA_EXCEPTION = "22"
_QUOTED_VALUE = re.compile(r': ".*"', re.DOTALL)


def is_unavailable(error: BaseException) -> bool:
    """The database is away, overloaded or not made ready: nobody's values are at fault."""
    if isinstance(error, PoolTimeoutError):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        error = error.orig or error
    return isinstance(error, _UNAVAILABLE) and not _is_limit_exceeded(error)


def is_undone(error: DBAPIError) -> bool:
    """Another transaction was in the way: the same, done again, may well succeed at once."""
    return isinstance(error.orig, _UNDONE)


def is_unstorable(error: BaseException) -> bool:
    """A value does not fit its type, or is too large: whoever sent it can mend that."""
    if isinstance(error, DBAPIError):
        error = error.orig or error
    return isinstance(error, psycopg.DataError) or _is_limit_exceeded(error)


def in_words(error: BaseException) -> str:
    """What failed, for people who look at a record that was set aside: no statement, and none of the values."""
    cause = error.orig or error if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.Error):
        hide_values(cause)
        return f"the database refused a value: {cause}"
    return f"{type(error).__name__}: {error}"


def hide_values(error: psycopg.Error) -> None:
    """Leave of the server's words what holds no value of a row or a parameter: DETAIL shows whole rows."""
    primary = error.diag.message_primary
    if primary is None:
        return
    if (error.sqlstate or "").startswith(_DATA_EXCEPTION):
        primary = _QUOTED_VALUE.sub("", primary)
    error.args = (primary,)


def _is_limit_exceeded(error: BaseException) -> bool:
    return isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(_LIMIT_EXCEEDED)
