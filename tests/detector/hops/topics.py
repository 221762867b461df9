"""Topics without a broker: logs in which transactions are open, decided and marked, or aborted."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.detector.hops.messages import Message


@dataclass
class Transaction:
    """One transaction of a number, with the numbers in whose logs its end is marked.

    It is decided when its offsets show; only later, log by log, do readers get what it wrote.
    """

    number: int
    state: str = "open"
    marked: set[int] = field(default_factory=set)

    def is_over(self, log: int) -> bool:
        return self.state == "aborted" or log in self.marked


@dataclass
class Log:
    """One partition of `events.rekeyed`."""

    number: int
    records: list[tuple[Message, Transaction]] = field(default_factory=list)

    @property
    def high_watermark(self) -> int:
        return len(self.records)

    @property
    def last_stable(self) -> int:
        """Where the first transaction begins that is not over; nobody reads beyond it."""
        for offset, (_, transaction) in enumerate(self.records):
            if not transaction.is_over(self.number):
                return offset
        return len(self.records)

    def read(self, begin: int, end: int) -> list[tuple[int, Message]]:
        """Give what is committed between two offsets."""
        found = enumerate(self.records[begin:end], begin)
        return [(at, message) for at, (message, one) in found if one.state == "decided"]
