"""Whose fault a failure at the database is: the database's, or that of what it was given.

The first is waited for and tried again, however long; the second comes again however often it is tried.
"""

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
_LIMIT_EXCEEDED = (
    "54"  # class of SQLSTATE; psycopg calls these operational, but the same values exceed them again
)


def is_unavailable(error: BaseException) -> bool:
    """The database is away, overloaded or not made ready: nobody's values are at fault."""
    if isinstance(error, PoolTimeoutError):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        error = error.orig or error
    if isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(_LIMIT_EXCEEDED):
        return False
    return isinstance(error, _UNAVAILABLE)
