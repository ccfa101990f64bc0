"""The shape of one question, and the settings every question is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["threshold", "compression", "path", "backend", "connection", "store", "variable", "change", "deployment"]
"""What a question is about; each kind has a probe of its own."""

KINDS: tuple[Kind, ...] = get_args(Kind)

TMP = "<TMP>"
"""Stands in an input for the folder the probe makes for one question, and in an outcome for that folder."""

SETTING = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
PATH = SETTING + "PATH"
THRESHOLD = SETTING + "THRESHOLD"
COMPRESSION = SETTING + "COMPRESSION"
BACKEND = "AIRFLOW__CORE__XCOM_BACKEND"
GOOGLE_IDENTITY = {"GOOGLE_APPLICATION_CREDENTIALS": f"{TMP}/google.json"}
"""Stands for the identity a pod on Google's cloud has without any connection; the probe lays the file out."""

OBJECT_STORAGE = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"


@dataclass(frozen=True, slots=True)
class Case:
    """One question: these variables are set, what does Airflow do?"""

    kind: Kind
    value: str | None
    """The text the question is about; None where the variable is not set at all."""
    env: dict[str, str]
    """Every variable that is set, the one holding `value` included."""
    ask: dict[str, str] = field(default_factory=dict)
    """What the kind's probe needs beside the environment, such as the connection id to look up."""
    then: dict[str, str] | None = None
    """For `change`: the environment at the time of reading."""

    def as_data(self) -> dict[str, object]:
        """The question as plain data, as it goes to the probe and into the record."""
        data: dict[str, object] = {"kind": self.kind, "value": self.value, "env": self.env}
        if self.ask:
            data["ask"] = self.ask
        if self.then is not None:
            data["then"] = self.then
        return data


def one_variable(
    kind: Kind,
    name: str,
    values: Iterable[str | None],
    base: dict[str, str],
) -> list[Case]:
    """A question for each value of one variable over the same other settings; None leaves it unset."""
    return [Case(kind, value, base if value is None else {**base, name: value}) for value in values]
