"""How Airflow reads an object storage path: `scheme://[conn_id@]bucket[/prefix]`.

Measured on Airflow 3.3.2 (schemes, authority, key) and, where the outcome can be seen without a cloud, on 3.0.2
and 3.1.3.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from rea_xcom_tui.xcom.airflow import Verdict, Version, differs
from rea_xcom_tui.xcom.model import Cloud

SCHEMES: Final[dict[str, Cloud]] = {
    "s3": "aws", "s3a": "aws", "abfs": "azure", "abfss": "azure", "adl": "azure", "gs": "gcp", "gcs": "gcp",
    "file": "local", "local": "local",
}  # fmt: skip
"""The schemes Airflow can really write to, and the cloud of each."""

UNUSABLE: Final[dict[str, Cloud]] = {
    "s3n": "aws", "wasb": "azure", "wasbs": "azure", "az": "azure",
}  # fmt: skip
"""Schemes whose cloud is evident but which end in an error."""

_OTHER_REGISTERED: Final = frozenset(("msgraph", "sharepoint", "onedrive"))
"""Schemes that newer providers register besides; Git cannot tell whether the image has them."""

STRIPPED: Final = "".join(map(chr, range(33)))
"""What is stripped at a path's start: control characters and the plain blank, no other kind of blank."""

_DROPPED = re.compile(r"[\t\r\n]")
_AZURE = ("abfs", "abfss", "adl")
_ACCESS_POINT = re.compile(r"arn:[^/]*:(?:accesspoint|outpost)")  # its name follows behind a slash
_PORT = re.compile(r":[0-9]*$")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_ONE_SLASH = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):/(?!/)")
_NO_SLASH = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):(?!/)")
_AZURE_HOST = re.compile(r"[^/@]+\.(?:dfs|blob)\.core\.[a-z.]+$", re.IGNORECASE)


class ParsedPath(msgspec.Struct, frozen=True, gc=False):
    """A path in the parts Airflow sees."""

    text: str
    scheme: str | None
    """In lower case; None where there is none, which means a path on the container's own disk."""
    written_scheme: str | None
    conn_id: str | None
    """All before the last `@` of the authority, its case kept."""
    bucket: str
    """Bucket or container; empty where there is none."""
    prefix: str
    """The object key's first part, without the leading slash. Blanks at its end, `?` and `#` are part of it."""
    lost_host: str | None = None
    """An Azure host in the authority, which Airflow throws away: conn id, container and prefix are misread then."""
    fails: str | None = None
    """Why Airflow raises an error for it whatever the version, in one sentence, or None."""

    @property
    def cloud(self) -> Cloud:
        """The cloud of its scheme; `local` without one, `other` for a scheme no cloud here has."""
        if self.scheme is None:
            return "local"
        return SCHEMES.get(self.scheme) or UNUSABLE.get(self.scheme) or "other"

    def with_connection(self, conn_id: str | None) -> str:
        """The text with another connection id, or without one; every other character stays."""
        bare = self.text.lstrip(STRIPPED)
        match = _SCHEME.match(bare)
        if match is None:
            return self.text
        start = len(self.text) - len(bare) + match.end()
        end = self.text.find("/", start)
        authority = self.text[start : end if end >= 0 else None]
        host = authority.rpartition("@")[2]
        rest = self.text[end:] if end >= 0 else ""
        return self.text[:start] + (f"{conn_id}@" if conn_id else "") + host + rest


def as_read(text: str) -> str:
    """The text as the path library sees it: what Python's `urlsplit` strips at the start and drops anywhere is gone.

    Control characters and plain blanks at the start go, tabs and line breaks go everywhere; a no-break space stays,
    and so does a blank at the end (recorded on Airflow 3.0.6, 3.1.8, 3.2.2 and 3.3.2).
    """
    bare = text.lstrip(STRIPPED)
    return bare if bare.isprintable() else _DROPPED.sub("", bare)


@lru_cache(maxsize=256)
def parse_path(text: str) -> ParsedPath:
    """Split a path as Airflow does; never fails, whatever the text.

    `user:pw@` is a connection id called `user:pw`. `?` and `#` are letters of the key like any other (recorded on S3,
    Azure and GCS). An Azure URL with its host (`abfss://container@account.dfs.core.windows.net/p`) is misread: the
    container becomes the connection id, the host is lost and the first folder becomes the container. Of `adl` the
    container is always lost. `s3:x` without slashes still goes to S3, with `s3:x` as its bucket.
    """
    read = as_read(text)
    match = _SCHEME.match(read)
    if match is None:
        return _without_authority(text, read)
    written, scheme = match[1], match[1].lower()
    authority, _, key = read[match.end() :].partition("/")
    conn, _, host = authority.rpartition("@")
    lost = fails = None
    if "[" in conn or "]" in conn:
        fails = "Airflow takes the brackets before the @ for an address and raises ValueError."
    if scheme in _AZURE and _AZURE_HOST.match(host):
        lost, (host, _, key) = host, key.partition("/")
    elif scheme == "adl":
        host = ""
    elif scheme in _AZURE:
        host = _PORT.sub("", host)
    elif _ACCESS_POINT.fullmatch(host):
        name, _, key = key.partition("/")
        host = f"{host}/{name}"
    return ParsedPath(text, scheme, written, conn or None, host, key, lost, fails)


def _without_authority(text: str, read: str) -> ParsedPath:
    one = _ONE_SLASH.match(read) or _NO_SLASH.match(read)
    scheme = one[1].lower() if one else None
    if one is None or scheme is None or (one.re is _NO_SLASH and scheme not in {**SCHEMES, **UNUSABLE}):
        return ParsedPath(text, None, None, None, "", read.lstrip("/"))
    return ParsedPath(text, scheme, one[1], None, "", read[one.end() :].lstrip("/"))


def path(text: str, version: Version = None) -> Verdict:
    """Say whether Airflow can write to a path.

    Empty, or without a scheme, is accepted in silence: values go to the container's own disk and readers get
    the path as a string instead of the data. A scheme in capitals is refused by 3.0 and 3.1 and taken by 3.3.
    Nothing else is checked: placeholders and blanks go through.
    """
    parsed = parse_path(text)
    if parsed.scheme is None:
        return Verdict(True, text or None)
    if parsed.fails:
        return Verdict(False, text, parsed.fails)
    if parsed.scheme in SCHEMES and text.startswith(f"{parsed.scheme}://"):
        return Verdict(True, text)
    read = as_read(text)
    if _SCHEME.match(read) is None:
        if parsed.scheme in ("file", "local"):
            return Verdict(True, text)
        return Verdict(
            False, text, f"The path lacks the two slashes after {parsed.written_scheme}:, so it has no bucket."
        )
    if parsed.scheme in UNUSABLE or (parsed.scheme not in SCHEMES and parsed.scheme not in _OTHER_REGISTERED):
        usable = ", ".join(s for s, c in SCHEMES.items() if c == UNUSABLE.get(parsed.scheme)) or ", ".join(SCHEMES)
        return Verdict(False, text, f"Airflow cannot use the scheme {parsed.written_scheme}; usable are {usable}.")
    if parsed.written_scheme != parsed.scheme:
        accepted = differs(version, new=True, old=False)
        if not accepted:
            fixed = parsed.scheme + read[len(parsed.scheme) :]
            return Verdict(accepted, text, "Airflow 3.0 and 3.1 refuse a scheme in capitals.", fixed)
    return Verdict(True, text)
