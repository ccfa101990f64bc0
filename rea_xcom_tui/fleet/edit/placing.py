"""Which layer an edit is meant for."""

from __future__ import annotations

from typing import Final, Literal, Self

import msgspec

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet import qualified

How = Literal["own", "shared"]
"""`own`: each deployment in a layer that no other has. `shared`: as few layers as give all of them the value and nobody
else."""
OWN: Final = "own"
SHARED: Final = "shared"


class Placing(msgspec.Struct, frozen=True):
    """The layer that an edit is to go to."""

    layer: str | None = None
    """Its source or file; None for the usual one, where the value in force is."""
    named: bool = False
    """Whether the user has named it, so that every deployment that shares it may change."""
    refusal: Refused | None = None
    """Why there is no layer that it could go to."""

    @classmethod
    def of(cls, found: str | Refused | None) -> Self:
        """The layer that was found for an edit, or why there is none; None of a deployment that is one plain file."""
        return cls(refusal=found) if isinstance(found, Refused) else cls(found)

    def source(self) -> str | None:
        """The layer. Raises `Refused` where there is none."""
        if self.refusal is not None:
            raise self.refusal
        return self.layer

    def within(self, repo: str) -> Placing:
        """The same as the repo knows it."""
        return self if self.layer is None else msgspec.structs.replace(self, layer=qualified.within(repo, self.layer))


USUAL = Placing()
"""Where the value in force is."""
