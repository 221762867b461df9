"""What `verify` can prove where retention has left nothing of a quiet topic."""

from __future__ import annotations

from pathlib import Path

from journey.instant import DAY, HOUR
from tests.detector.deployment import Deployment
from tests.detector.proof import verified
from tests.detector.test_history import YEAR_2020, bought, feed
from tests.detector.test_retention import forget
from topics.contracts import EVENTS_PURCHASE

END = YEAR_2020 + 20 * DAY


async def test_a_quiet_topic_that_retention_has_emptied_makes_nothing_wrong(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path, clock="events") as deployment:
        worker = await deployment.start().ready()
        history = [
            bought(who, name, at)
            for at in range(YEAR_2020, END, 5 * HOUR)
            for who, name in (("buyer", "Order Completed"), ("viewer", "Product Viewed"))
        ]
        await feed(deployment, history, END)
        await deployment.caught_up()
        assert await worker.stop() == 0
        whole = await verified(fresh_kafka)
        assert whole.sentences == []
        await forget(deployment, EVENTS_PURCHASE, END + 1)
        rest = await verified(fresh_kafka)
        assert rest.sentences == []
        assert 0 < rest.checked < whole.checked
