"""Lets the owned partitions go on under what was activated, before they come to its stamp.

What is not known yet is stamped later than the instant up to which the topic `models` was read,
by the notice that an activation needs, which is twice the skew. So nothing that came, and no
clock, may be more than one skew beyond that instant: an event is at most another one ahead of
its arrival. docs/decisions/0024 proves it.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

import structlog

from services.detector.fatal import ends_the_process
from services.detector.flusher import Flusher
from services.detector.modellog import ModelLog
from services.detector.owned import Owned
from services.detector.records import RecordSet
from services.detector.settings import DetectorSettings

_LOOK_EVERY_S: Final = 1.0
_LOOK_NO_OFTENER_S: Final = 0.05

_log = structlog.get_logger("touchstone.detector")


class Learner:
    """Reads the topic `models` again and again; `owned.until` is how far the work may go."""

    def __init__(
        self, settings: DetectorSettings, log: ModelLog, owned: Owned, flusher: Flusher
    ) -> None:
        self._settings = settings
        self._log = log
        self._owned = owned
        self._flusher = flusher
        self._learning = asyncio.Lock()

    @ends_the_process("learning_models")
    async def learn_for_ever(self) -> None:
        """Look at the topic every second, or four times within a skew that is shorter."""
        quarter = self._settings.engine.skew / 4000
        wait = min(_LOOK_EVERY_S, max(_LOOK_NO_OFTENER_S, quarter))
        while True:
            await asyncio.sleep(wait)
            await self.learn()

    async def learn(self) -> bool:
        """Take up what is on the topic by now; say whether it could be read.

        Only when all partitions have taken it up may they go on further.
        """
        async with self._learning:
            asked = time.time_ns() // 1_000_000
            if not await self._log.read_on():
                return False
            await self._take_up()
            if self._settings.clock == "wall":
                # The instant is of this machine's clock, stamps are of the broker's.
                known = asked - self._settings.clock_skew_ms
                self._owned.until = known + self._settings.engine.skew
            return True

    async def prepare(self, taken: RecordSet) -> None:
        """Wait until the versions are known under which a set is to be folded.

        A history has its own time, which says nothing of when a version was activated: what was
        activated before these records were read is known, because it is looked for after that.
        """
        of_history = self._settings.clock == "events"
        latest = max((one.timestamp for one in taken.records), default=0)
        while of_history or latest > self._owned.until:
            if await self.learn() and of_history:
                return
            _log.warning("models_unknown", at=latest, known_until=self._owned.until)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _take_up(self) -> None:
        engine = self._log.engine
        waiting = [held for held in self._owned.all() if held.engine is not engine]
        for held in waiting:
            held.adopt(engine, self._log.decoder)
        if waiting:
            await self._flusher.flush_all()
