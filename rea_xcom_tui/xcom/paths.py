"""How Airflow reads an object storage path: `scheme://[conn_id@]bucket[/prefix]`.

Measured on Airflow 3.3.2 (schemes, authority, key) and, where the outcome can be seen without a cloud, on 3.0.2
and 3.1.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

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

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_ONE_SLASH = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):/(?!/)")
_AZURE_HOST = re.compile(r"[^/@]+\.(?:dfs|blob)\.core\.[a-z.]+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedPath:
    """A path in the parts Airflow sees."""

    text: str
    scheme: str | None
    """In lower case; None where there is none, which means a path on the container's own disk."""
    written_scheme: str | None
    conn_id: str | None
    """All that stands before the last `@` of the authority, its case kept."""
    bucket: str
    """Bucket or container; empty where there is none."""
    prefix: str
    """The object key's first part, without the leading slash; blanks at its end are part of it."""
    lost_host: str | None = None
    """An Azure host in the authority, which Airflow throws away: conn id, container and prefix are misread then."""
    dropped: str | None = None
    """A query or fragment, which is kept in stored strings but is not part of an object's key."""

    @property
    def cloud(self) -> Cloud:
        """The cloud of its scheme; `local` without one, `other` for a scheme no cloud here has."""
        if self.scheme is None:
            return "local"
        return SCHEMES.get(self.scheme) or UNUSABLE.get(self.scheme) or "other"

    @property
    def location(self) -> str:
        """Where values end up, to compare two paths: scheme, bucket and prefix without outer slashes."""
        return f"{self.scheme or ''}://{self.bucket}/{self.prefix.strip('/')}"

    def with_connection(self, conn_id: str | None) -> str:
        """The text with another connection id, or without one; every other character stays."""
        match = _SCHEME.match(self.text.lstrip())
        if match is None:
            return self.text
        start = len(self.text) - len(self.text.lstrip()) + match.end()
        end = self.text.find("/", start)
        authority = self.text[start : end if end >= 0 else None]
        host = authority.rpartition("@")[2]
        rest = self.text[end:] if end >= 0 else ""
        return self.text[:start] + (f"{conn_id}@" if conn_id else "") + host + rest


def parse_path(text: str) -> ParsedPath:
    """Split a path as Airflow does; never fails, whatever the text.

    A blank before the scheme is stripped, one at the end is kept in the key. `user:pw@` is a connection id
    called `user:pw`. An Azure URL with its host (`abfss://container@account.dfs.core.windows.net/p`) is misread:
    the container becomes the connection id, the host is lost and the first folder becomes the container. Of
    `adl` the container is lost from the authority.
    """
    match = _SCHEME.match(text.lstrip())
    if match is None:
        one = _ONE_SLASH.match(text.lstrip())
        scheme = one[1].lower() if one else None
        prefix = text.lstrip()[one.end() :] if one else text
        return ParsedPath(text, scheme, one[1] if one else None, None, "", prefix.lstrip("/"))
    written, scheme = match[1], match[1].lower()
    rest = text.lstrip()[match.end() :]
    rest, dropped = _cut(rest)
    authority, _, key = rest.partition("/")
    conn, at, host = authority.rpartition("@")
    lost = None
    if scheme in ("abfs", "abfss", "adl") and _AZURE_HOST.match(host):
        lost, (host, _, key) = host, key.partition("/")
    elif scheme == "adl" and at:
        host = ""
    return ParsedPath(text, scheme, written, conn or None, host, key, lost, dropped)


def _cut(rest: str) -> tuple[str, str | None]:
    for index, char in enumerate(rest):
        if char in "?#":
            return rest[:index], rest[index:]
    return rest, None


def path(text: str, version: Version = None) -> Verdict:
    """Say whether Airflow can write to a path.

    Empty, or without a scheme, is accepted in silence: values go to the container's own disk and readers get
    the path as a string instead of the data. A scheme in capitals is refused by 3.0 and 3.1 and taken by 3.3.
    Nothing else is checked: placeholders and blanks go through.
    """
    parsed = parse_path(text)
    if parsed.scheme is None:
        return Verdict(True, text or None)
    if _SCHEME.match(text.lstrip()) is None:
        if parsed.scheme in ("file", "local"):
            return Verdict(True, text)
        return Verdict(False, text, f"The path has only one slash after {parsed.written_scheme}:, so it has no bucket.")
    if parsed.scheme in UNUSABLE or (parsed.scheme not in SCHEMES and parsed.scheme not in _OTHER_REGISTERED):
        usable = ", ".join(s for s, c in SCHEMES.items() if c == UNUSABLE.get(parsed.scheme)) or ", ".join(SCHEMES)
        return Verdict(False, text, f"Airflow cannot use the scheme {parsed.written_scheme}; usable are {usable}.")
    if parsed.written_scheme != parsed.scheme:
        accepted = differs(version, new=True, old=False)
        if not accepted:
            fixed = parsed.scheme + text.lstrip()[len(parsed.scheme) :]
            return Verdict(accepted, text, "Airflow 3.0 and 3.1 refuse a scheme in capitals.", fixed)
    return Verdict(True, text)
