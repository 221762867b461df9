"""Operators' actions on a real broker: workers die, operators act at once, and all is proven."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from journey.said import Alert
from tests.detector.deployment import Deployment
from tests.detector.proof import heard, verified
from tests.detector.shop import events
from topics.contracts import ALERT_ACTIONS, ALERTS, DEAD_LETTERS, JOURNEYS
from topics.wire import encode_alert, encode_view

Action = dict[str, Any]


def two_actions(alert: Alert, order: Random) -> list[Action]:
    """Give what two operators do who see the same alert firing."""
    both = [("ann", "acknowledge"), ("ben", "resolve")]
    order.shuffle(both)
    return [
        {
            "id": f"{by}-{alert.id}",
            "alert": alert.id,
            "subject": alert.subject,
            "action": name,
            "by": by,
            "seen": "firing",
        }
        for by, name in both
    ]


async def send(deployment: Deployment, actions: list[Action]) -> None:
    for action in actions:
        key = action["subject"].partition(":")[2].encode()
        await deployment.producer.send(ALERT_ACTIONS, msgspec.json.encode(action), key=key)
    await deployment.producer.flush()


async def alerts_of(deployment: Deployment) -> dict[str, Alert]:
    said = (await heard(deployment.bootstrap)).alerts.values()
    return {alert.id: alert for alerts in said for alert in alerts.values()}


def outcomes(alert: Alert) -> dict[str, bool]:
    """Give whether each action was accepted, by its id; none is told of twice."""
    told = [line.action for line in alert.history if line.action]
    assert len({one.id for one in told}) == len(told)
    return {one.id: one.accepted for one in told}


async def decided(deployment: Deployment, actions: list[Action]) -> dict[str, Alert]:
    """Wait until an outcome of each action is said."""
    deadline = time.monotonic() + 90
    while True:
        alerts = await alerts_of(deployment)
        missing = [one for one in actions if one["id"] not in outcomes(alerts[one["alert"]])]
        if not missing:
            return alerts
        assert time.monotonic() < deadline, (len(missing), deployment.workers[-1].log()[-2000:])
        await asyncio.sleep(0.3)


async def test_each_action_has_one_outcome_whoever_dies_and_verify_finds_what_does_not_fit(
    fresh_kafka: str, tmp_path: Path
) -> None:
    async with Deployment(fresh_kafka, tmp_path) as deployment:
        first = await deployment.start().ready()
        second = await deployment.start().ready()
        await deployment.send(events(1500, seed=1))
        await deployment.caught_up()
        firing = [one for one in (await alerts_of(deployment)).values() if one.status == "firing"]
        assert len(firing) > 50
        order = Random(1)
        actions = [action for alert in firing for action in two_actions(alert, order)]
        half = len(actions) // 2
        await send(deployment, actions[:half])
        sending = asyncio.create_task(deployment.send(events(800, seed=2)))
        await first.kill()
        await send(deployment, actions[half:])
        third = await deployment.start().ready()
        await sending
        before = await decided(deployment, actions)
        accepted = [
            sum(ok for id_, ok in outcomes(before[one.id]).items() if id_.endswith(one.id))
            for one in firing
        ]
        # An event may resolve an alert before anybody acts on it: then both are refused.
        assert max(accepted) == 1
        assert sum(accepted) > len(firing) / 2

        await send(deployment, [*actions, {**actions[0], "alert": "nope", "id": "x"}])
        await deployment.send(events(300, seed=3))
        await deployment.caught_up()
        for _ in range(100):
            letters = await deployment.read(DEAD_LETTERS)
            if letters:
                break
            await asyncio.sleep(0.2)
        [letter] = letters
        assert dict(letter.headers)["touchstone_reason"] == b"no_such_alert"
        after = await alerts_of(deployment)
        for alert in firing:
            assert outcomes(after[alert.id]).keys() <= {f"ann-{alert.id}", f"ben-{alert.id}"}
        assert await second.stop() == 0
        assert await third.stop() == 0

        findings = await verified(fresh_kafka)
        assert (findings.sentences, findings.pending) == ([], 0)
        await plant(deployment)
        found = await verified(fresh_kafka)
        counts = (found.lost, found.invented, found.wrong, found.repeated)
        assert counts == (2, 2, 3, 1), "\n".join(found.sentences)


async def plant(deployment: Deployment) -> None:
    """Write what no detector would have written."""
    said = await heard(deployment.bootstrap)
    alerts = [alert for by in said.alerts.values() for alert in by.values() if alert.count]
    views = sorted(said.views)
    lost, wrong, twice = [one for one in alerts if not outcomes(one)][:3]
    handled = next(one for one in alerts if outcomes(one))
    forged = msgspec.structs.replace(lost, id="forged")
    status = "acknowledged" if handled.status != "acknowledged" else "firing"
    planted: list[tuple[str, bytes, bytes | None]] = [
        (ALERTS, lost.id.encode(), None),
        (ALERTS, b"forged", encode_alert(msgspec.structs.replace(forged, key="forged"))),
        (ALERTS, wrong.id.encode(), encode_alert(msgspec.structs.replace(wrong, count=99))),
        (ALERTS, handled.id.encode(), encode_alert(_with(handled, status))),
        (ALERTS, twice.id.encode(), encode_alert(twice)),
        (JOURNEYS, views[0].encode(), None),
        (JOURNEYS, views[1].encode(), encode_view(said.views[views[1]] | {"next_deadline": None})),
        (JOURNEYS, b"person:nobody", encode_view({"subject": "person:nobody", "models": {}})),
    ]
    for topic, key, value in planted:
        await deployment.producer.send_and_wait(topic, value, key=key)


def _with(alert: Alert, status: Any) -> Alert:
    return msgspec.structs.replace(alert, status=status)
