"""The contracts and a broker: make what is missing, and say what is not as it should be."""

from __future__ import annotations

from topics.agreement import CREATE, FoundTopics, clock_of, expect_clock, partitions_of, problems
from topics.cluster import admin, create_topics, find_topics
from topics.connection import Connection
from topics.contracts import Clock, load
from topics.errors import TopicsWrong


async def ensure(bootstrap: Connection, clock: Clock, partitions: int | None = None) -> list[str]:
    """Make the topics that are missing, for a deployment of this clock; give their names.

    `partitions` is the number for every topic; without it that of the topics which are there
    already, else the contracts'. What exists is left as it is (see `check`). Raises WrongClock
    when the topics were made for the other clock, TopicsWrong, BrokerUnreachable.
    """
    async with admin(bootstrap) as client:
        found = await find_topics(client)
        expect_clock(found, clock)
        missing = [topic for name, topic in load().items() if name not in found]
        await create_topics(client, missing, clock, partitions_of(found, partitions))
    return [topic.name for topic in missing]


async def look(bootstrap: Connection) -> FoundTopics:
    """Look up those topics of the contracts that are there. Raises BrokerUnreachable."""
    async with admin(bootstrap) as client:
        return await find_topics(client)


async def check(bootstrap: Connection) -> list[str]:
    """Say in a sentence each what on the broker is not as the contracts have it.

    Raises BrokerUnreachable.
    """
    return problems(await look(bootstrap))


async def deployment_clock(bootstrap: Connection) -> Clock:
    """Give the clock that the topics were made for.

    Raises TopicsWrong when there are no topics or they disagree, BrokerUnreachable.
    """
    clock = clock_of(await look(bootstrap))
    if clock is None:
        raise TopicsWrong(
            f"the broker at {bootstrap} has no topics of Touchstone yet: "
            f"{CREATE}{bootstrap.unless_hidden}"
        )
    return clock
