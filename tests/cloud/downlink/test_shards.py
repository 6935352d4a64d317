"""Who serves which box: every shard by one process, fairly, and by the others when it dies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import psycopg
import pytest

from cloud.downlink.shards import SHARDS, ShardKeeper
from cloud.kernel.tenancy import Role
from tests.support.postgres import Database


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def keeper(
    stack: AsyncExitStack, database: Database
) -> tuple[ShardKeeper, psycopg.AsyncConnection[tuple[int]]]:
    connection = await psycopg.AsyncConnection.connect(database.url(Role.DOWNLINK), autocommit=True)
    await stack.enter_async_context(connection)
    made = ShardKeeper(connection)
    await made.enter()
    await made.step()
    return made, connection


async def test_shards_are_shared_fairly_and_inherited(database: Database, stack: AsyncExitStack) -> None:
    first, _line = await keeper(stack, database)
    assert first.mine == set(range(SHARDS))
    second, line = await keeper(stack, database)
    assert second.mine == set()  # nothing is free yet
    await first.step()
    new = await second.step()
    assert len(first.mine) == len(second.mine) == SHARDS // 2
    assert new == second.mine
    assert first.mine | second.mine == set(range(SHARDS))
    third, _line = await keeper(stack, database)
    for each in (first, second, third, first, second, third):
        await each.step()
    assert first.mine | second.mine | third.mine == set(range(SHARDS))
    assert len(first.mine) + len(second.mine) + len(third.mine) == SHARDS
    await line.close()  # as when the process dies
    async with asyncio.timeout(10):
        while first.mine | third.mine != set(range(SHARDS)):  # the server notices in its own time
            await first.step()
            await third.step()
