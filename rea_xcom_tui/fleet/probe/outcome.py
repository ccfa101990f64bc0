"""What came of a probe, what is to blame, and whether `check` had said so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.xcom.model import FieldName, Finding

Status = Literal["passed", "differs", "failed"]
"""`passed` is as the settings say; `differs`: it ran, and something is not as they say; `failed`: it could not."""

Blame = FieldName | Literal["world"]
"""The field at fault, or `world` where no values file could tell: permissions, network, a missing bucket."""


@dataclass(slots=True)
class Outcome:
    """What one deployment's probe found. Texts are without secrets, and not yet `clean`ed."""

    deployment: Deployment
    place: str
    target: str
    status: Status = "failed"
    facts: dict[str, Any] = field(default_factory=dict)
    """`python`, `packages`, `backend`, `who`, each as far as the other end told it."""
    values: list[dict[str, Any]] = field(default_factory=list)
    """One for each value written: `bytes`, `expected`, `where`, `seconds`, `read_seconds`, `equal`, `purged`, and of
    an object `address`, `bucket`, `key`, `stored` (bytes)."""
    step: str | None = None
    """The step that failed."""
    kind: str = ""
    causes: tuple[str, ...] = ()
    """The error and its causes, the outermost first."""
    blame: Blame | None = None
    rules: tuple[str, ...] = ()
    """Codes of the findings of `check` on the field that is to blame."""
    contradiction: str | None = None
    """How the probe contradicts `check`, in one sentence, or None."""
    left: tuple[str, ...] = ()
    """Objects that could not be removed."""
    pending: bool = False
    """Whether it was tried as edits that are not written yet will make it."""
    called: str = ""
    """What the deployment is called among all of the fleet."""

    @property
    def name(self) -> str:
        """Its name for people, with what tells it from others of that name."""
        return self.called or self.deployment.name

    @property
    def sentence(self) -> str:
        """Why it failed or differs, in one sentence; empty where it passed."""
        if self.status == "passed":
            return ""
        if self.status == "differs":
            return "; ".join(problem for value in self.values for problem in _problems(value))
        cause = self.causes[-1] if self.causes else "no reason was given"
        return f"step '{self.step}' failed: {_KINDS.get(self.kind, '')}{cause}"


_KINDS = {
    "no-airflow": "there is no Airflow: ",
    "version": "this is the wrong version: ",
    "reference": "a value that only the cluster has is missing: ",
    "no-bucket": "the first write would make this bucket or be refused: ",
    "time": "the store hangs: ",
}


def _problems(value: dict[str, Any]) -> list[str]:
    size = f"{value['bytes']:,} bytes"
    told = []
    if value["where"] != value["expected"]:
        told.append(f"{size} went to the {_PLACES[value['where']]}, not to the {_PLACES[value['expected']]}")
    if not value.get("equal"):
        told.append(f"{size} did not come back as they were")
    if value.get("purged") is False:
        told.append(f"the object of {size} was not removed by the backend's purge")
    return told


_PLACES = {"db": "database", "object": "object store"}

_NO_STORE_ASKED = frozenset(("no-airflow", "version", "reference", "stopped"))
_KNOWN_KINDS = _NO_STORE_ASKED | {"no-bucket", "time"}
"""Kinds of failures that the script at the other end explains by itself, so that no words have to be looked at."""
_NETWORK = r"Connect|resolve|Name or service|timed? ?out|ClientConnector|unreachable|SSL|no answer within"
_NOBODY = r"NoCredentials|DefaultCredentials"
_SETTINGS: tuple[tuple[str, Blame], ...] = (
    (r"compression|snappy|zstd|lz4 ", "compression"),
    (r"objectstorage_threshold|convert value to int|invalid literal for int", "threshold"),
    (r"NoSuchBucket|no-bucket|does not exist|BucketNotFound|ContainerNotFound", "world"),
    (r"conn_id.{0,200}(?:isn't|is not) defined|AirflowNotFoundException|connection_string|account_name", "connection"),
    (r"xcom_objectstorage_path|Protocol not known|No filesystem|ParamValidation|Invalid bucket|bucket name", "path"),
    (r"NoCredentials|InvalidRegion|NoRegion|ProfileNotFound|UnknownSignature|DefaultCredentials", "connection"),
    (
        r"AccessDenied|Forbidden|PermissionError|Authorization|InvalidAccessKey|SignatureDoesNotMatch|\b40[13]\b",
        "world",
    ),
    (_NETWORK, "world"),
)
_BY_STEP: dict[str, Blame] = {
    "backend": "backend", "path": "path", "connection": "connection", "airflow": "world", "bucket": "world",
    "write": "path", "start": "world", "read": "path", "purge": "world",
}  # fmt: skip


def blamed(step: str, kind: str, causes: Sequence[str]) -> Blame:
    """The field that is most likely to blame for a failure, by the step and by the words of the error."""
    if kind in _KNOWN_KINDS:
        return "world"
    if step in ("airflow", "backend"):
        return _BY_STEP[step]
    words = " ".join(causes)
    found = next((blame for pattern, blame in _SETTINGS if re.search(pattern, words, re.I)), None)
    return found or _BY_STEP.get(step, "world")


def judge(outcome: Outcome) -> None:
    """Compare the outcome with the findings of `check`, and say what contradicts."""
    findings = [f for f in outcome.deployment.findings if not f.code.startswith(_ABOUT_SECRETS)]
    if outcome.status == "failed":
        _accuse(outcome, [f for f in findings if f.field in _TRIED and f.severity != "info"])
        return
    fatal = [f for f in findings if f.severity == "error" and f.field in _TRIED]
    outcome.rules = _codes(fatal)
    if outcome.status == "differs":
        told = [f for f in findings if f.field in _TRIED and f.severity != "info"]
        outcome.rules = _codes(told)
        if not told:
            outcome.contradiction = "`check` says nothing about it"
    elif fatal:
        outcome.contradiction = (
            f"`check` reports {', '.join(outcome.rules)} as an error, and the round trip passed here"
        )


def _accuse(outcome: Outcome, told: list[Finding]) -> None:
    """Say which field made a round trip fail, and which of the findings about it foretold that."""
    outcome.blame = blamed(outcome.step or "", outcome.kind, outcome.causes)
    words = " ".join(outcome.causes)
    if not re.search(_NETWORK, words, re.I):
        told = [f for f in told if f.code != _LOOPBACK]
    about = [f for f in told if f.field == outcome.blame]
    if outcome.blame == "world" and outcome.kind not in _NO_STORE_ASKED:
        # Airflow goes on where a connection is not defined or a setting is not read: another place or identity is
        # asked, and refuses, or does not answer.
        about = [f for f in told if f.severity == "error"] or [f for f in told if f.field == "connection"]
    elif not about and re.search(_NOBODY, words, re.I):
        outcome.blame = "world"  # nothing is wrong with the connection: it is the place that has no identity
    # Where one says that it must fail, a warning beside it is about something else.
    about = [f for f in about if f.severity == "error"] or about
    if about:
        outcome.blame = about[0].field or "world"
        outcome.rules = _codes([f for f in about if f.field == outcome.blame])
    elif outcome.blame != "world":
        outcome.contradiction = f"`check` says nothing about the {outcome.blame}, which failed here"


_LOOPBACK = "XC528"
"""The code of the rule about endpoints on the machine itself, which can only matter where nobody answers."""

_ABOUT_SECRETS = "XC8"
"""How the codes of rules begin that say who may read a secret; such settings work all the same."""

_TRIED = frozenset(("backend", "path", "threshold", "compression", "connection"))


def _codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.code for finding in findings))
