"""What a new value of each field must be, as pydantic models. Their messages are sentences for the user.

They are stricter than Airflow, which takes almost any path in silence: a placeholder, a blank or a variable in
a new value is never meant.
"""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, field_validator

from rea_xcom_tui.xcom import airflow
from rea_xcom_tui.xcom.clouds import bucket_problem
from rea_xcom_tui.xcom.identities import identity_cloud, identity_problem
from rea_xcom_tui.xcom.model import Cloud
from rea_xcom_tui.xcom.paths import SCHEMES, UNUSABLE, parse_path
from rea_xcom_tui.xcom.units import NEVER, parse_size

_LARGEST = 2**63 - 1
_LONGEST_KEY = 1024
"""Bytes of an S3 object's key, prefix and Airflow's own part together."""


class NewValue(BaseModel):
    """What all models of new values share."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class NewThreshold(NewValue):
    """A threshold in bytes; also `never` (-1), `always` (0) and sizes with a unit."""

    size: Annotated[int, BeforeValidator(parse_size)]

    @field_validator("size")
    @classmethod
    def _in_range(cls, size: int) -> int:
        if size < NEVER:
            raise ValueError("Every negative threshold means never; write never or -1.")
        if size > _LARGEST:
            raise ValueError("That is more than any value can have; write never to keep values in the database.")
        return size


class NewCompression(NewValue):
    """A compression that Airflow takes."""

    name: str

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        verdict = airflow.compression(name)
        if verdict.problem:
            raise ValueError(verdict.problem)
        return name


class NewBackend(NewValue):
    """A class path."""

    name: str

    @field_validator("name")
    @classmethod
    def _importable(cls, name: str) -> str:
        if not name:
            raise ValueError("A backend cannot be empty; unset it to use Airflow's database.")
        verdict = airflow.backend(name)
        if verdict.problem:
            raise ValueError(verdict.problem)
        if not name.isascii():
            raise ValueError("A class path has letters, digits, underscores and dots only.")
        return name


class NewIdentity(NewValue):
    """An identity of the deployment's cloud, or of the cloud that its form tells."""

    cloud: Cloud
    text: str

    @classmethod
    def of(cls, text: str, cloud: Cloud | None) -> Self:
        """Check an identity. Raises `ValueError`, or pydantic's error that carries one."""
        meant = cloud or identity_cloud(text)
        if meant is None:
            raise ValueError(
                "An identity is a role ARN (AWS), a client id (Azure) or a service account's e-mail (GCP)."
            )
        return cls(cloud=meant, text=text)

    @field_validator("text")
    @classmethod
    def _well_formed(cls, text: str, info: ValidationInfo) -> str:
        problem = identity_problem(info.data["cloud"], text)
        if problem:
            raise ValueError(problem)
        return text


class NewConnection(NewValue):
    """A connection id that can be in a path and in a variable's name without trouble."""

    conn_id: str

    @field_validator("conn_id")
    @classmethod
    def _plain(cls, conn_id: str) -> str:
        return check_conn_id(conn_id)


def check_conn_id(conn_id: str) -> str:
    """Return the id, or raise `ValueError` when it has characters that a path or a variable's name cannot carry."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,199}", conn_id):
        raise ValueError("A connection id has letters, digits, _ - and . only, and starts with a letter or digit.")
    return conn_id


class NewPath(NewValue):
    """A path in its parts; each part has its own rules."""

    scheme: str
    conn_id: str | None
    bucket: str
    prefix: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Check a path. Raises `ValueError`, or pydantic's error that carries one."""
        _check_text(text)
        parsed = parse_path(text)
        if parsed.lost_host:
            raise ValueError("Airflow misreads the account's host; write abfs://CONNECTION@container/prefix.")
        return cls(
            scheme=parsed.written_scheme or "", conn_id=parsed.conn_id, bucket=parsed.bucket, prefix=parsed.prefix
        )

    @property
    def cloud(self) -> Cloud:
        """The cloud of its scheme."""
        return SCHEMES[self.scheme]

    @field_validator("scheme")
    @classmethod
    def _usable(cls, scheme: str) -> str:
        if scheme == "adl":
            raise ValueError("Airflow loses the container of an adl path; write abfs://CONNECTION@container/prefix.")
        if scheme in SCHEMES:
            return scheme
        cloud = SCHEMES.get(scheme.lower()) or UNUSABLE.get(scheme.lower())
        usable = (
            [name for name, of in SCHEMES.items() if of == cloud and name != "adl"] if cloud else ["s3", "abfs", "gs"]
        )
        raise ValueError(f"Airflow cannot use the scheme {scheme[:20]}; use {' or '.join(usable)}.")

    @field_validator("conn_id")
    @classmethod
    def _plain_id(cls, conn_id: str | None, info: ValidationInfo) -> str | None:
        cloud = SCHEMES.get(str(info.data.get("scheme")))
        if conn_id is None and cloud == "azure":
            raise ValueError("Azure needs a connection, which names the account: abfs://CONNECTION@container/prefix.")
        return conn_id if conn_id is None else check_conn_id(conn_id)

    @field_validator("bucket")
    @classmethod
    def _named_well(cls, bucket: str, info: ValidationInfo) -> str:
        scheme = str(info.data.get("scheme"))
        cloud = SCHEMES.get(scheme)
        if cloud is None or cloud == "local":
            return bucket
        if not bucket:
            raise ValueError(f"The path names no {'container' if cloud == 'azure' else 'bucket'} after {scheme}://.")
        problem = bucket_problem(cloud, bucket)
        if problem:
            raise ValueError(problem)
        return bucket

    @field_validator("prefix")
    @classmethod
    def _sane_prefix(cls, prefix: str, info: ValidationInfo) -> str:
        parts = prefix.removesuffix("/").split("/")
        if any(part in (".", "..") for part in parts) or (prefix and "" in parts):
            raise ValueError("The prefix has an empty folder or dots for one (// or .. or .).")
        if len(prefix.encode()) > _LONGEST_KEY:
            raise ValueError(f"The prefix is longer than an object's key may be ({_LONGEST_KEY} bytes).")
        if SCHEMES.get(str(info.data.get("scheme"))) == "local" and not prefix:
            raise ValueError("The path names no folder; write file:///folder.")
        return prefix


def _check_text(text: str) -> None:
    """Refuse what no new path is meant to hold, whatever its parts."""
    if not text:
        raise ValueError("A path cannot be empty; unset it instead.")
    if (placeholder := re.search(r"<[^<>]*>|\{\{|\}\}", text)) is not None:
        raise ValueError(f"The path still has the placeholder {placeholder[0][:40]}.")
    if (expanded := airflow.expands(text)) is not None or "$(" in text:
        raise ValueError(f"The path has a variable, {(expanded or '$(…)')[:40]}; write the path in full.")
    if any(char.isspace() or not char.isprintable() for char in text):
        raise ValueError("A path has no blanks or control characters.")
    if any(char in text for char in "?#\\"):
        raise ValueError("A path has no ?, # or backslash; Airflow would drop what follows.")
    if "://" not in text:
        raise ValueError("A path looks like s3://bucket/prefix; without a scheme values go to the container's disk.")
