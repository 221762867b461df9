"""The API and the console: what the detector says, where people and programs can ask for it."""

from services.api.app import create_app
from services.api.serve import run
from services.api.settings import ApiSettings

__all__ = ["ApiSettings", "create_app", "run"]
