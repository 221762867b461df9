from __future__ import annotations

from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupAuthorizationFailedError, GroupLoadInProgressError, KafkaError
from aiokafka.protocol.commit import OffsetFetchResponse_v3
from aiokafka.structs import OffsetAndMetadata

from topics.groups import committed

PLACE = TopicPartition("events.web", 1)


class Answering(AIOKafkaAdminClient):  # type: ignore[misc]
    """A client of a broker that answers so: ours gives no such error on demand."""

    def __init__(self, *answer: Any) -> None:
        super().__init__()
        self._answer = OffsetFetchResponse_v3(0, *answer)

    async def find_coordinator(self, *_: Any) -> int:
        return 0

    async def _send_request(self, *_: Any) -> OffsetFetchResponse_v3:
        return self._answer


@pytest.mark.parametrize("kind", [GroupLoadInProgressError, GroupAuthorizationFailedError])
async def test_an_answer_that_is_an_error_is_not_taken_for_nothing_committed(
    kind: type[KafkaError],
) -> None:
    with pytest.raises(kind, match="touchstone"):
        await committed(Answering([], kind.errno), "touchstone")


async def test_an_error_about_one_partition_is_not_passed_over() -> None:
    topics = [("events.web", [(1, -1, "", GroupLoadInProgressError.errno)])]
    with pytest.raises(GroupLoadInProgressError):
        await committed(Answering(topics, 0), "touchstone")


async def test_what_is_committed_is_given_and_what_is_not_is_absent() -> None:
    topics = [("events.web", [(0, -1, None, 0), (1, 7, "{}", 0)])]
    assert await committed(Answering(topics, 0), "g") == {PLACE: OffsetAndMetadata(7, "{}")}
