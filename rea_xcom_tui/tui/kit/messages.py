"""Messages told by what they carry."""

from __future__ import annotations

from inspect import get_annotations
from typing import Any, ClassVar, dataclass_transform

from textual import message


@dataclass_transform()
class Message(message.Message):
    """A message of ours. What it carries is told as the fields of a data class, and given in their order or by name.

    It is not a data class, because Python would take four milliseconds of each start to make one of every message.
    """

    _carries: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """Note what messages of this kind carry, after what those above it do."""
        super().__init_subclass__(**options)
        cls._carries = (*cls._carries, *get_annotations(cls))

    def __init__(self, *values: object, **named: object) -> None:
        super().__init__()
        self.__dict__.update(zip(self._carries, values, strict=False), **named)
