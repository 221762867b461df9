"""Which instance a signal belongs to, where it is kept, and what counts towards the next one."""

from __future__ import annotations

from journey.fold import ModelFold
from journey.model import Moment
from journey.moments import Happening
from journey.word import CLOSED, Instance, Ref


def addressed(part: ModelFold, moment: Moment, key: str | None) -> Instance | None:
    """Find the instance that a signal belongs to: its key's, else the latest opened."""
    instances = part.open[moment.index]
    if key is not None or moment.key is None:
        instance = instances.get(key)
        if instance is not None or (key is not None and not moment.unmatched_to_latest):
            return instance
    if instances:
        return instances[next(reversed(instances))]
    return part.last[moment.index] if moment.after_close else None


def keep(part: ModelFold, moment: Moment, instance: Instance) -> None:
    """Put an instance where its state says: among the open, or as the last one closed."""
    instances = part.open[moment.index]
    known = instances.get(instance.key)
    if instance.state not in CLOSED:
        instances[instance.key] = instance
        return
    if known is not None and known.id == instance.id:
        del instances[instance.key]
    last = part.last[moment.index]
    if moment.after_close and (last is None or last.opened <= instance.opened):
        part.last[moment.index] = instance


def counted(part: ModelFold, moment: Moment, happening: Happening) -> tuple[tuple[Ref, ...], str]:
    """Give the events that open an instance now and why; none while there are too few."""
    if happening.mask & moment.opens:
        why = moment.reasons["open"].format(signal=happening.names(moment.opens))
        return (happening.ref("opened"),), why
    by_key = part.counted[moment.index]
    counted = happening.counted(moment, by_key.get(happening.key, ()))
    if len(counted) < moment.count:
        by_key[happening.key] = counted
        return (), ""
    return tuple(ref for _, ref in counted), moment.reasons["open-counted"]
