"""The detector: folds the source topics into journeys and says what changed, exactly once.

Where to start reading: partition.py is the pure core, detector.py drives it, transport/ is how
Faust is bent to carry record sets, run.py puts all together.
"""

from services.detector.errors import DetectorError, NotReady
from services.detector.run import run
from services.detector.settings import DetectorSettings, ModelText

__all__ = ["DetectorError", "DetectorSettings", "ModelText", "NotReady", "run"]
