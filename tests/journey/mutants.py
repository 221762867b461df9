"""Breaks the engine in the known ways, one at a time, and sees whether the tests notice.

`make mutants`. A mutation that survives means that the properties are not sharp.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutation:
    """One text replaced by another in one file."""

    name: str
    file: str
    was: str
    becomes: str


MUTATIONS = (
    Mutation(
        "cut too far",
        "engine.py",
        "journey.clock - self._horizon)",
        "journey.clock - self._horizon + 24 * 3_600_000)",
    ),
    Mutation("dedupe off", "history.py", "if entry.message_id not in self._times:", "if True:"),
    Mutation(
        "copies forgotten at the cut",
        "history.py",
        "if max(times) >= limit - COPIES_WITHIN",
        "if max(times) >= limit",
    ),
    Mutation(
        "clock going back",
        "engine.py",
        "journey.clock = max(journey.clock, clock)\n        words",
        "journey.clock = clock\n        words",
    ),
    Mutation(
        "ordinal ids",
        "moments.py",
        "happening.key, happening.opening, t",
        'happening.key, "1", 0',
    ),
    Mutation(
        "admission by what was seen",
        "engine.py",
        "        place = journey.history.insert(entry)",
        "        if journey.history.entries and "
        "event.t < journey.history.entries[-1].t - self.settings.lateness:\n"
        "            return self.advance(journey, clock)\n"
        "        place = journey.history.insert(entry)",
    ),
    Mutation(
        "rank off",
        "history.py",
        "return (self.t, self.sequence, self.rank, self.message_id)",
        "return (self.t, self.sequence, 0, self.message_id)",
    ),
    Mutation(
        "late at the horizon",
        "engine.py",
        "if event.t < event.a - self.settings.lateness:",
        "if event.t <= event.a - self.settings.lateness:",
    ),
    Mutation(
        "a signal at a fired deadline taken as in order",
        "folding.py",
        "t > journey.live.fired",
        "t >= journey.live.fired",
    ),
    Mutation(
        "a deadline before the signal at its instant",
        "rules.py",
        "self.fire(fold, entry.t - 1, said)",
        "self.fire(fold, entry.t, said)",
    ),
    Mutation(
        "retractions not said",
        "speaking.py",
        "if instance not in words and known.word.to != RETRACTED",
        "if False",
    ),
    Mutation(
        "claims in time by when they happened",
        "claims.py",
        "claims[at].a - t <= settings.merge",
        "claims[at].t - t <= settings.merge",
    ),
    Mutation(
        "copies of links taken as links",
        "claims.py",
        "if not mine or claim.t - mine[-1].t > COPIES_WITHIN",
        "if True",
    ),
    Mutation(
        "links told that an earlier one precedes",
        "links.py",
        "if hour != before or link.a < counting[-1].a:",
        "if True:",
    ),
    Mutation(
        "circles that end where they close",
        "links.py",
        "return min(circle_of(way), default=way[-1].person)",
        "return way[-1].person",
    ),
    Mutation(
        "credits for reading one's own",
        "attribution.py",
        "if author != owner:",
        "if author != event.subject:",
    ),
    Mutation(
        "counts that go on in the next version",
        "fold.py",
        "self.counted, self.sequences, self.armed = {}, {}, {}",
        "self.armed = {}",
    ),
    Mutation(
        "the next version taking what closed an old instance",
        "instances.py",
        "done = moment.name in closed",
        "done = False",
    ),
    Mutation(
        "an event before its stamp taken by a version",
        "meanings.py",
        "mask & line.known_at(t) if",
        "mask if",
    ),
)


def main() -> int:
    """Try every mutation; give the number of those that survived."""
    survived = [mutation.name for mutation in MUTATIONS if not _is_caught(mutation)]
    print(f"{len(MUTATIONS) - len(survived)} of {len(MUTATIONS)} mutations caught")
    return len(survived)


def _is_caught(mutation: Mutation) -> bool:
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        for folder in ("journey", "models", "topics", "tests/journey"):
            shutil.copytree(ROOT / folder, copy / folder)
        for name in ("__init__.py", "properties.py"):
            shutil.copy(ROOT / "tests" / name, copy / "tests" / name)
        path = copy / "journey" / mutation.file
        text = path.read_text("utf-8")
        assert text.count(mutation.was) == 1, f"{mutation.name}: the text to replace is not there"
        path.write_text(text.replace(mutation.was, mutation.becomes), "utf-8")
        caught = not _tests_pass(copy)
    print(f"{'caught  ' if caught else 'SURVIVED'}  {mutation.name}", flush=True)
    return caught


def _tests_pass(folder: Path) -> bool:
    argv = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/journey"]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        argv, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
