"""A second way to the moments: sort the set, drop the copies, fold from nothing.

Slow and plain on purpose: no checkpoints, no base, no heap, no revisions. It shares with the
engine only the compiled model (what an event means), calendars, and the hashes of ids.
"""

from tests.journey.oracle.folding import Oracle
from tests.journey.oracle.saying import Firings, Said

__all__ = ["Firings", "Oracle", "Said"]
