"""Why a subject's journey is as it is, and why it is not otherwise: in words, and as data.

Everything is read off the fold, the last words said and the events; nothing is changed by it.
"""

from journey.explaining.explanation import Explanation
from journey.explaining.whole import explain

__all__ = ["Explanation", "explain"]
