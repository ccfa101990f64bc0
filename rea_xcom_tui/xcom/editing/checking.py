"""One call that checks a new value for a field, with one short sentence when it will not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from rea_xcom_tui.xcom import airflow
from rea_xcom_tui.xcom.airflow import BASE_BACKENDS, COMPRESSION_PACKAGES, COMPRESSIONS
from rea_xcom_tui.xcom.clouds import CLOUD_NAMES, STORE_NAMES
from rea_xcom_tui.xcom.editing import models
from rea_xcom_tui.xcom.identities import identity_cloud
from rea_xcom_tui.xcom.model import Cloud, Configuration, FieldName
from rea_xcom_tui.xcom.names import ANNOTATIONS, OBJECT_STORAGE_BACKEND, STATE_STORE_BACKEND
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.secrets import MASK


@dataclass(frozen=True, slots=True)
class CheckedValue:
    """A new value that passed its check. `value` None means: the field is to be unset."""

    value: str | int | None
    text: str
    """The text that will be in the file; empty where the field is unset."""
    meaning: str
    """What the value means, for the line below what was typed."""


def check(field: FieldName, text: str, config: Configuration | None = None) -> CheckedValue:
    """Check what a user typed for a field; stricter than Airflow, because a new value can be right from the start.

    Blanks around it are taken off. With `config`, the deployment's cloud and connection are taken into account.
    Raises `ValueError` with one short sentence.
    """
    if MASK in text:
        raise ValueError(
            f"{MASK} stands for a secret that is hidden here, and is not part of a value; type the whole value."
        )
    try:
        return _CHECKS[field](text.strip(), config)
    except ValidationError as error:
        raise ValueError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    """The sentence of the first problem: the validators' own, without pydantic's wrapping."""
    first = error.errors(include_url=False)[0]
    cause = first.get("ctx", {}).get("error")
    return str(cause) if cause is not None else f"{first['msg']}."


def _cloud(config: Configuration | None) -> Cloud:
    return config.cloud if config is not None else "none"


def _threshold(text: str, config: Configuration | None) -> CheckedValue:
    size = models.NewThreshold.model_validate({"size": text}).size
    store = STORE_NAMES[_cloud(config)]
    if size < 0:
        meaning = "never · every value stays in Airflow's database, outside your own cloud"
    elif size == 0:
        meaning = f"always · every value goes to {store}"
    else:
        unit = "byte" if size == 1 else "bytes"
        meaning = f"= {size} {unit} · values of this size and more go to {store}"
    return CheckedValue(size, str(size), meaning)


def _compression(text: str, config: Configuration | None) -> CheckedValue:
    if text.lower() == "none" or not text:
        return CheckedValue(None, "", "not set · objects are stored as they are")
    name = models.NewCompression(name=text).name
    package = COMPRESSION_PACKAGES.get(name)
    needs = f" · the image needs the Python package {package}" if package else ""
    return CheckedValue(name, name, f"new objects end in {COMPRESSIONS[name]}{needs}")


def _path(text: str, config: Configuration | None) -> CheckedValue:
    new = models.NewPath.of(text)
    where = f"{STORE_NAMES[new.cloud]}, {'container' if new.cloud == 'azure' else 'bucket'} {new.bucket}"
    if new.cloud == "local":
        return CheckedValue(text, text, "the container's own disk · values are lost with the pod unless it is shared")
    notes = [where]
    if new.conn_id:
        notes.append(f"connection {new.conn_id}")
    identity = config.fields["identity"].value if config is not None else None
    other = identity_cloud(identity) if isinstance(identity, str) else None
    if other is not None and other != new.cloud:
        notes.append(f"but the identity belongs to {CLOUD_NAMES[other]}")
    return CheckedValue(text, text, " · ".join(notes))


def _backend(text: str, config: Configuration | None) -> CheckedValue:
    name = models.NewBackend(name=text).name
    if name == OBJECT_STORAGE_BACKEND:
        meaning = "values go to object storage as path and threshold say"
    elif name in BASE_BACKENDS:
        meaning = "every value stays in Airflow's database; path and threshold have no effect"
    else:
        meaning = "a class of your own · the image must have it, Git cannot tell"
    return CheckedValue(name, name, meaning)


def _identity(text: str, config: Configuration | None) -> CheckedValue:
    cloud = _cloud(config)
    new = models.NewIdentity.of(text, cloud if cloud in ANNOTATIONS else None)
    kinds = {
        "aws": "an IAM role of account {}",
        "azure": "the client id of a managed identity",
        "gcp": "a service account of {}",
    }
    where = text.split(":")[4] if new.cloud == "aws" else text.rpartition("@")[2].partition(".")[0]
    return CheckedValue(text, text, kinds[str(new.cloud)].format(where))


def _connection(text: str, config: Configuration | None) -> CheckedValue:
    conn_id = models.NewConnection(conn_id=text).conn_id
    path = config.fields["path"].value if config is not None else None
    if config is not None and (not isinstance(path, str) or parse_path(path).scheme is None):
        raise ValueError("The connection is part of the path, and this deployment has no path; set the path first.")
    variable = f"AIRFLOW_CONN_{conn_id.upper()}"
    return CheckedValue(conn_id, conn_id, f"defined by {variable} or by the secrets backend")


def _state_backend(text: str, config: Configuration | None) -> CheckedValue:
    verdict = airflow.state_backend(text)
    if not text or verdict.accepted is False:
        raise ValueError(verdict.problem or f"A state store has a class, such as {STATE_STORE_BACKEND}.")
    known = text == STATE_STORE_BACKEND
    meaning = "states go to object storage as state-path says" if known else "a class of your own · the image must "
    "have it"
    return CheckedValue(text, text, meaning)


def _state_threshold(text: str, config: Configuration | None) -> CheckedValue:
    checked = _threshold(text, config)
    if isinstance(checked.value, int) and checked.value < 0:
        raise ValueError("The state store refuses a negative threshold; write 0 (always, its default) or a size.")
    return checked


_CHECKS: dict[FieldName, Callable[[str, Configuration | None], CheckedValue]] = {
    "backend": _backend,
    "path": _path,
    "threshold": _threshold,
    "compression": _compression,
    "identity": _identity,
    "connection": _connection,
    "state-backend": _state_backend,
    "state-path": _path,
    "state-threshold": _state_threshold,
    "state-compression": _compression,
}
