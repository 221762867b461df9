"""The models in force and to come: those of the settings, and what the topic `models` adds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from journey.engine import Engine
from journey.model import Model
from services.detector.ends import Ends
from services.detector.settings import DetectorSettings
from topics.activations import Activations
from topics.contracts import MODELS
from topics.decode import EventDecoder

_ANSWER_WITHIN_S: Final = 10.0
_PLACE: Final = TopicPartition(MODELS, 0)

_log = structlog.get_logger("touchstone.detector")


class ModelLog:
    """Reads the topic on from where it was; `engine` and `decoder` are by all that was read.

    Where it ends is asked of `Ends`, which counts in what an open transaction holds: that may
    come to light later than the broker's stamp on it says. Raises ActivationError.
    """

    def __init__(self, settings: DetectorSettings, base: Sequence[Model], ends: Ends) -> None:
        self._settings = settings
        self._ends = ends
        notice = settings.engine.notice if settings.clock == "wall" else None
        self._activations = Activations(base, notice)
        self._consumer: AIOKafkaConsumer | None = None
        self._take_up()

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()

    async def read_on(self) -> bool:
        """Read to the present end, as far as that can be; say whether it could."""
        end = await self._ends.end_of(_PLACE)
        if end is None:
            return False
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await self._read_to(end)
        except (KafkaError, TimeoutError) as error:
            # The clocks stand before long, which is safe.
            _log.warning("models_unread", error=repr(error))
            return False
        return True

    async def _read_to(self, end: int) -> None:
        consumer = self._consumer
        if consumer is None:
            consumer = await self._connect()
        while await consumer.position(_PLACE) < end:
            found = await consumer.getmany(_PLACE, timeout_ms=500)
            for record in found.get(_PLACE, ()):
                heard = self._activations.hear(
                    record.offset, record.timestamp, record.key, record.value
                )
                if heard.refusal is None:
                    _log.info("model_activated", model=heard.key, offset=heard.offset)
                else:
                    _log.warning(
                        "activation_refused",
                        model=heard.key,
                        offset=heard.offset,
                        reason=heard.refusal,
                    )
            if found:
                self._take_up()

    async def _connect(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            **self._settings.bootstrap.client_settings(),
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        consumer.assign([_PLACE])
        self._consumer = consumer
        return consumer

    def _take_up(self) -> None:
        self.engine = Engine(self._activations.models, self._settings.engine)
        self.decoder = EventDecoder(self.engine.fields)
