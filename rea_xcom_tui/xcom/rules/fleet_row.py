"""What the rules over the fleet know of one deployment."""

from __future__ import annotations

import msgspec


class FleetRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the rules over the fleet need to know of one deployment; plain data that can be kept in a cache."""

    id: str
    place: str
    """Bucket and prefix in one spelling, or empty where nothing is written to a cloud."""
    shown: str
    """The path as a message shows it."""
    store: str | None
    """The Azure storage account or S3 endpoint; None where the file does not say."""
    owner: str | None
    """The Astro deployment that it is an agent of, as far as the file says."""
    line: int
    column: int
    layer: int = 0
    accepted: str = ""
    """The codes of findings that a comment in the file accepts, with blanks between."""
    bucket: str = ""
    account: str = ""
    """The AWS account of the role that the pods have, as far as the file says."""
    env: str = ""
    region: bool = False
    """Whether a bucket that does not exist is an error rather than created."""
