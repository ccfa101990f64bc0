"""What Airflow does with the XComs of a deployment, in sentences that a person reads beside the settings.

Everything here was measured on Airflow 3.0.2, 3.1.3 and 3.3.2, as described in `xcom.airflow`; how an object is called
(`<dag_id>/<run_id>/<task_id>/<uuid>` below the path) is the provider's own (common-io 1.6.0 to 1.11.0).
"""

from __future__ import annotations

from rea_xcom_tui.xcom.airflow import BASE_BACKENDS, COMPRESSIONS, DEFAULT_THRESHOLD, uses_object_storage
from rea_xcom_tui.xcom.clouds import STORE_NAMES
from rea_xcom_tui.xcom.editing import check
from rea_xcom_tui.xcom.model import Configuration, FieldReading
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.units import human

OBJECT_NAME = "<dag_id>/<run_id>/<task_id>/<uuid>"


def outcome(config: Configuration) -> tuple[str, ...]:
    """What becomes of the values that tasks return under these settings; says where it cannot be known."""
    for name in ("backend", "path", "threshold", "compression"):
        reading = config.fields[name]
        if reading.state in ("conflict", "invalid"):
            problem = (reading.problem or "").rstrip(".")
            return (f"What Airflow does is not certain, because {name} is {_wrong(reading)}: {problem}.",)
    backend = config.fields["backend"]
    if backend.state == "reference":
        return (f"Which backend is used is not known: {_from(backend)} decides it.",)
    if not uses_object_storage(backend.value):
        return (_other_backend(backend),)
    if config.fields["threshold"].state == "reference":
        return (f"Which values go to object storage is not known: {_from(config.fields['threshold'])} decides it.",)
    value = config.fields["threshold"].value
    threshold = value if isinstance(value, int) else DEFAULT_THRESHOLD
    if threshold < 0:
        why = "because no threshold is set and the default is -1" if value is None else "as the threshold says"
        return (f"Every value stays in Airflow's database, {why}.",)
    return (_where_to(config, threshold), *_who(config))


def meaning(reading: FieldReading, config: Configuration) -> str:
    """What one field says, in a few words; why it is wrong, where it is; empty where there is nothing to say."""
    if reading.problem:
        return reading.problem
    if reading.state == "reference":
        return f"supplied by {_from(reading)}, which Git cannot read"
    if reading.value is None:
        return "not set"
    try:
        return check(reading.name, str(reading.value), config).meaning
    except ValueError as error:
        return str(error)


def _other_backend(backend: FieldReading) -> str:
    if backend.value is None:
        return "Every value stays in Airflow's database, because no backend is set."
    if backend.value in BASE_BACKENDS:
        return "Every value stays in Airflow's database, as this backend keeps it."
    return "A class of your own keeps the values; what it does with them is not known from Git."


def _where_to(config: Configuration, threshold: int) -> str:
    path = config.fields["path"]
    which = "Every value goes" if threshold == 0 else f"Values of {human(threshold)} and more go"
    rest = "" if threshold == 0 else "; smaller ones stay in Airflow's database"
    if path.state == "reference":
        return f"{which} to object storage, to a path that comes from {_from(path)}{rest}."
    if not isinstance(path.value, str) or not path.value:
        return f"{which} nowhere good: without a path, Airflow writes to the container's own disk, or fails{rest}."
    parsed = parse_path(path.value)
    prefix = parsed.prefix.strip("/")
    below = f"{parsed.scheme}://{parsed.bucket}/" + (f"{prefix}/" if prefix else "")
    suffix = COMPRESSIONS.get(str(config.fields["compression"].value), "")
    store = STORE_NAMES[parsed.cloud]
    return f"{which} to {store} as {below}{OBJECT_NAME}{suffix}{rest}."


def _who(config: Configuration) -> tuple[str, ...]:
    """With whose rights the store is written."""
    connection, identity = config.fields["connection"], config.fields["identity"]
    said = []
    if connection.value is not None:
        kind = f" (type {connection.type})" if connection.type else ""
        said.append(f"through the connection {connection.value}{kind}")
    if isinstance(identity.value, str):
        said.append(f"as {identity.value}")
    elif identity.state == "reference":
        said.append(f"as an identity that comes from {_from(identity)}")
    return (f"It is written {' '.join(said)}.",) if said else ("It is written with what the pod's cloud gives it.",)


def _wrong(reading: FieldReading) -> str:
    return "set twice" if reading.state == "conflict" else "not usable"


def _from(reading: FieldReading) -> str:
    return reading.reference or "something outside the file"
