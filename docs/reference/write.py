"""Write model-language.md beside this file: `make reference`."""  # noqa: INP001

from __future__ import annotations

from pathlib import Path

from journey.language.reference import model_reference

HERE = Path(__file__).parent


def page() -> str:
    """Give the text of the page as it should be."""
    examples = {path.stem: path.read_text("utf-8") for path in HERE.glob("examples/*.yaml")}
    return model_reference(examples)


if __name__ == "__main__":
    (HERE / "model-language.md").write_text(page(), "utf-8")
