"""From the grammar's values to a model's tables; what does not fit is said with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from journey.language.conditions import compile_where
from journey.language.document import Document, Path
from journey.language.duration import parse_duration
from journey.language.grammar import (
    AlertSpec,
    AtRiskSpec,
    MetSpec,
    ModelSpec,
    MomentSpec,
    Names,
    OpensSpec,
    SignalSpec,
)
from journey.model import Alerting, Model, Moment, Signal

_SEMANTIC_VERSION = re.compile(r"\d+\.\d+\.\d+")
_PLACEHOLDERS = {"value", "currency", "key", "subject"}


def compile_model(
    document: Document,
    spec: ModelSpec,
    signals: Mapping[str, SignalSpec],
    moments: Mapping[str, MomentSpec],
) -> Model:
    """Compile a model whose parts are well formed. Raises ModelError where they do not fit."""
    return _Compiler(document, spec, signals).compile(moments)


class _Compiler:
    def __init__(
        self, document: Document, spec: ModelSpec, signals: Mapping[str, SignalSpec]
    ) -> None:
        self._document = document
        self._spec = spec
        self._signals = signals
        self._bits = {name: 1 << at for at, name in enumerate(signals)}
        self._states: dict[str, tuple[int, str]] = {}

    def compile(self, moments: Mapping[str, MomentSpec]) -> Model:
        spec = self._spec
        if not _SEMANTIC_VERSION.fullmatch(spec.version):
            raise self._document.error(
                ("version",), f"{spec.version!r} is not a version; expected a form like 1.2.0"
            )
        if not spec.stages:
            raise self._document.error(("stages",), "no stage is named; expected at least one")
        return Model(
            name=spec.model,
            version=spec.version,
            title=spec.title,
            source=spec.source,
            stages=tuple(spec.stages),
            signals=tuple(self._signal(name, signal) for name, signal in self._signals.items()),
            moments=tuple(
                self._moment(at, name, moment) for at, (name, moment) in enumerate(moments.items())
            ),
            outcomes={state: self._bits[name] for name, state in self._states.items()},
            paths=frozenset(self._paths()) | {"properties.currency"},
        )

    def _signal(self, name: str, spec: SignalSpec) -> Signal:
        if (spec.events is None) == (spec.any is None):
            raise self._document.error(
                ("signals", name), f"signal {name!r} needs either `events` or `any`"
            )
        if spec.events is not None:
            predicate = compile_where(spec.where)
            matches = tuple((event, predicate) for event in _listed(spec.events))
        elif spec.where:
            raise self._document.error(
                ("signals", name, "where"), "`where` beside `any`; expected it inside each match"
            )
        else:
            matches = tuple((one.event, compile_where(one.where)) for one in spec.any or ())
        return Signal(name=name, matches=matches, value=spec.value)

    def _paths(self) -> Iterator[str]:
        yield from self._spec.keys.values()
        for signal in self._signals.values():
            yield from signal.where
            for one in signal.any or ():
                yield from one.where
            if signal.value is not None:
                yield signal.value

    def _moment(self, at: int, name: str, spec: MomentSpec) -> Moment:
        path: Path = ("moments", name)
        opening = self._opening(spec.opens, (*path, "opens"))
        ways = [spec.met, *(spec.met.any or ())]
        due, quiet = self._one(ways, "within", path), self._one(ways, "for_", path)
        quiet_mask = self._mask([n for way in ways for n in _listed(way.quiet)], (*path, "met"))
        self._check_moment(spec, path, quiet_mask, quiet)
        met = [n for way in ways for n in _listed(way.on)]
        risk = spec.at_risk or AtRiskSpec()
        moment = Moment(
            index=at,
            name=name,
            stage=self._known(spec.stage, self._spec.stages, (*path, "stage"), "a stage"),
            key=self._key(spec.key, (*path, "key")),
            unmatched_to_latest=spec.unmatched == "latest",
            after_close=spec.after_close,
            opens=self._mask(_listed(opening.on), (*path, "opens")),
            counted=self._mask(_listed(opening.of), (*path, "opens")),
            count=opening.count or 0,
            count_within=self._duration(opening.within, (*path, "opens", "within")),
            met=self._mask(met, (*path, "met")),
            met_within=due,
            quiet=quiet_mask,
            quiet_for=quiet,
            missed=self._mask(_listed(spec.missed.on if spec.missed else None), (*path, "missed")),
            lapses_without=self._mask(
                _listed(spec.lapses.without if spec.lapses else None), (*path, "lapses", "without")
            ),
            lapses_for=self._duration(
                spec.lapses.for_ if spec.lapses else None, (*path, "lapses", "for")
            ),
            risk=self._mask(_listed(risk.on), (*path, "at-risk")),
            risk_before=self._duration(risk.before, (*path, "at-risk", "before")),
            alerts={state: self._alert(alert, path) for state, alert in spec.alert.items()},
            reasons=self._reasons(spec, opening, met, ways),
        )
        self._announce(moment)
        return moment

    def _announce(self, moment: Moment) -> None:
        """Let the moments below refer to what becomes of this one."""
        for state in ("open", "at_risk", "met", "missed", "lapsed"):
            name = f"{moment.name}.{state}"
            self._states[name] = (moment.index, state)
            self._bits[name] = 1 << len(self._bits)

    def _opening(self, spec: OpensSpec, path: Path) -> OpensSpec:
        """Put the ways of opening together: any number of signals, and one count."""
        error = self._document.error
        ways = spec.any if spec.any is not None else [spec]
        if spec.any is not None and spec != OpensSpec(any=spec.any):
            raise error(path, "`any` stands alone; expected each way inside it")
        counting = [way for way in ways if way.count is not None]
        for way in ways:
            counts = way.count is not None
            if way.any or counts == (way.on is not None) or counts != (way.of is not None):
                raise error(path, "expected either `on`, or `count` with `of`")
            if way.within is not None and not counts:
                raise error(path, "`within` belongs to `count`")
            if way.count is not None and not 2 <= way.count <= 100:  # noqa: PLR2004
                raise error((*path, "count"), f"{way.count} is not between 2 and 100")
        if len(counting) > 1:
            raise error(path, "`count` is given twice; expected once")
        at_once = [name for way in ways for name in _listed(way.on)]
        count = counting[0] if counting else OpensSpec()
        return OpensSpec(on=at_once, count=count.count, of=count.of, within=count.within)

    def _check_moment(
        self, spec: MomentSpec, path: Path, quiet_mask: int, quiet: int | None
    ) -> None:
        error = self._document.error
        if bool(quiet_mask) != (quiet is not None):
            raise error((*path, "met"), "`quiet` and `for` belong together")
        before = spec.at_risk.before if spec.at_risk else None
        if before is not None and not any(w.within for w in (spec.met, *(spec.met.any or ()))):
            raise error((*path, "at-risk", "before"), "`before` needs a deadline: `met.within`")

    def _one(self, ways: list[MetSpec], field: str, path: Path) -> int | None:
        found = [text for way in ways if (text := getattr(way, field)) is not None]
        if len(found) > 1:
            word = field.strip("_")
            raise self._document.error((*path, "met"), f"{word!r} is given twice; expected once")
        return self._duration(found[0], (*path, "met")) if found else None

    def _alert(self, spec: AlertSpec, path: Path) -> Alerting:
        unknown = set(re.findall(r"{(.*?)}", spec.title)) - _PLACEHOLDERS
        if unknown:
            raise self._document.error(
                (*path, "alert"),
                f"{{{min(unknown)}}} is not known in a title; "
                f"expected one of {', '.join(sorted(_PLACEHOLDERS))}",
            )
        return Alerting(
            severity=spec.severity,
            kind=spec.kind,
            title=spec.title,
            team=spec.team,
            playbook=spec.playbook,
            resolves_after=self._duration(spec.resolves_after, (*path, "alert")) or 0,
        )

    def _key(self, name: str | None, path: Path) -> str | None:
        found = self._known(name, self._spec.keys, path, "a key")
        return self._spec.keys[found] if found else None

    def _mask(self, names: list[str], path: Path) -> int:
        mask = 0
        for name in names:
            mask |= self._bits[self._known(name, self._bits, path, "a signal") or name]
        return mask

    def _known(self, name: str | None, known: Any, path: Path, what: str) -> str | None:
        if name is None or name in known:
            return name
        near = get_close_matches(name, list(known), n=1)
        expected = f"expected {near[0]!r}" if near else f"expected one of {', '.join(known)}"
        raise self._document.error(path, f"{name!r} is not {what} of this model; {expected}")

    def _duration(self, text: str | None, path: Path) -> int | None:
        if text is None:
            return None
        try:
            return parse_duration(self._setting(text, path))
        except ValueError as fault:
            raise self._document.error(path, str(fault)) from fault

    def _setting(self, text: str, path: Path) -> object:
        if not text.startswith("$"):
            return text
        name = self._known(text[1:], self._spec.settings, path, "a setting")
        return self._spec.settings[name or ""]

    def _reasons(
        self, spec: MomentSpec, opening: OpensSpec, met: list[str], ways: list[MetSpec]
    ) -> dict[str, str]:
        """Word what each rule says when it fires; signals fill in `{signal}`."""

        def shown(text: str | None) -> str:
            return str(self._setting(text or "", ()))

        within = next((way.within for way in ways if way.within), None)
        quiet = next((way for way in ways if way.quiet), None)
        after = " or ".join(_listed(opening.on) or _listed(opening.of))
        reasons = {
            "open": "{signal}",
            "missed-late": f"no {' or '.join(met)} within {shown(within)} of the {after}",
        }
        if opening.count:
            counted = f"{opening.count} times {' or '.join(_listed(opening.of))}"
            window = f" within {shown(opening.within)}" if opening.within else ""
            reasons["open-counted"] = counted + window
        if quiet:
            reasons["met-quiet"] = (
                f"{shown(quiet.for_)} without {' or '.join(_listed(quiet.quiet))}"
            )
        if spec.lapses:
            reasons["lapsed"] = (
                f"{shown(spec.lapses.for_)} without {' or '.join(_listed(spec.lapses.without))}"
            )
        if spec.at_risk and spec.at_risk.before:
            reasons["at-risk-before"] = f"{shown(spec.at_risk.before)} before its deadline"
        return reasons


def _listed(names: Names | None) -> list[str]:
    if names is None:
        return []
    return [names] if isinstance(names, str) else names
