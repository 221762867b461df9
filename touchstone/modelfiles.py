"""Where models are: the shipped ones by name, any other by the path of its file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Final

import click

from journey.engine import Engine
from journey.errors import ActivationError, ModelError
from journey.language import parse_model
from journey.lines import Activation
from journey.model import Model
from touchstone.errors import Missing, WorkFailed

_SUFFIX: Final = ".yaml"
_SCENARIOS: Final = ".scenarios.yaml"


def shipped() -> dict[str, Path]:
    """Give the files of the shipped models by name."""
    packaged = Path(str(resources.files("touchstone"))) / "shipped_models"
    # An editable install reads them where they are edited, beside the package.
    folder = packaged if packaged.is_dir() else packaged.parents[1] / "models"
    # A dot in the stem marks what lies beside a model, such as its scenarios.
    files = [file for file in folder.glob(f"*{_SUFFIX}") if "." not in file.stem]
    return {file.stem: file for file in sorted(files)}


def text_of(name_or_path: str) -> tuple[str, str]:
    """Give the source and the text of a model. Raises Missing where there is none."""
    path = shipped().get(name_or_path, Path(name_or_path))
    try:
        return path.name if name_or_path in shipped() else name_or_path, path.read_text("utf-8")
    except OSError as error:
        names = ", ".join(shipped())
        raise Missing(
            f"There is no model {name_or_path} ({error.strerror}): pass the path of a YAML file, "
            f"or one of the shipped ones ({names})."
        ) from error


def is_scenarios(path: str) -> bool:
    """Say whether a path is that of scenarios, not of a model."""
    return path.endswith(_SCENARIOS)


def model_of(path: str) -> str:
    """Give the path of the model that scenarios are about."""
    return path.removesuffix(_SCENARIOS) + _SUFFIX


def scenarios_of(name_or_path: str) -> tuple[str, str]:
    """Give the source and the text of the scenarios beside a model.

    Raises Missing where there are none.
    """
    model = shipped().get(name_or_path, Path(name_or_path))
    path = model.with_name(model.stem + _SCENARIOS)
    try:
        return path.name if name_or_path in shipped() else str(path), path.read_text("utf-8")
    except OSError as error:
        raise Missing(
            f"There are no scenarios of {name_or_path} ({error.strerror}): write them beside it, "
            f"in {path.name}."
        ) from error


def texts_of(names: Sequence[str]) -> list[tuple[str, str]]:
    """Give sources and texts of models that are all valid; all shipped ones without names.

    Raises Missing where one is not there and WorkFailed where one is not valid.
    """
    pairs = [text_of(name) for name in names or shipped()]
    for source, text in pairs:
        parsed(source, text)
    return pairs


def models_of(names: Sequence[str]) -> list[Model]:
    """Compile models, all shipped ones without names. Raises as texts_of does."""
    return [parsed(source, text) for source, text in texts_of(names)]


def engine_of(names: Sequence[str], stamped: Sequence[Activation] = ()) -> Engine:
    """Make an engine of models, all shipped ones without names, and of versions with stamps.

    Raises as texts_of does, and UsageError where the versions do not go together.
    """
    try:
        return Engine([*models_of(names), *stamped])
    except ActivationError as error:
        raise click.UsageError(f"{error}.") from error


def parsed(source: str, text: str) -> Model:
    """Compile a model. Raises WorkFailed with file, line and column."""
    try:
        return parse_model(text, source)
    except ModelError as error:
        raise WorkFailed(str(error)) from error
