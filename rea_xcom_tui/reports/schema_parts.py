"""What all models of machine formats share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Value = str | int | None
Line = Annotated[int, Field(ge=0, description="From 1; 0 where the whole file is meant.")]
Id = Annotated[str, Field(description="The file, with `#` and a pointer or `?cluster=..&env=..` where needed.")]
Version = Annotated[Literal[1], Field(description="Grows only when a key changes its meaning; keys may be added.")]


class Model(BaseModel):
    """Keys are added to the formats, so unknown ones are not a mistake."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)
