from __future__ import annotations

import pytest

from rea_xcom_tui.values import edit
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.changes import changes_for
from rea_xcom_tui.xcom.editing.checking import check
from rea_xcom_tui.xcom.fields import STATE_VARIABLES
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, Configuration, FieldName
from rea_xcom_tui.xcom.names import OBJECT_STORAGE_BACKEND, STATE_BACKEND_KEY, STATE_STORE_BACKEND
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.examples import example
from tests.xcom.rules.helpers import found, loud

CLASS = f"{STATE_BACKEND_KEY}: {STATE_STORE_BACKEND}\n"
IMAGE = "image: quay.io/astronomer/astro-remote-execution-agent:3.3-1-python-3.12-astro-agent-1.8.2\n"


def configuration(text: str) -> Configuration:
    return read(ValuesFile.parse(text.encode()).root)


def with_state(**settings: str) -> str:
    env = tuple((STATE_VARIABLES["state-" + name], f'"{value}"') for name, value in settings.items())  # type: ignore[index]
    return example(before=CLASS, env=env)


def test_the_state_store_is_read_beside_the_six_fields() -> None:
    config = configuration(with_state(path="s3://acme-xcom/state", threshold="4096", compression="gzip"))
    assert [config.fields[name].value for name in STATE_FIELDS] == [
        STATE_STORE_BACKEND,
        "s3://acme-xcom/state",
        4096,
        "gzip",
    ]
    assert len(FIELDS) == 6
    assert config.fields["path"].value == "s3://acme-xcom/etl"
    assert all(configuration(example()).fields[name].state == "unset" for name in STATE_FIELDS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state-backend", STATE_STORE_BACKEND),
        ("state-path", "gs://acme-state/x"),
        ("state-threshold", "1 KiB"),
        ("state-compression", "zstd"),
    ],
)
@pytest.mark.parametrize(
    "before", [example(), with_state(path="s3://acme-xcom/state", threshold="0", compression="gzip")]
)
def test_each_setting_can_be_set_and_unset(field: FieldName, value: str, before: str) -> None:
    checked = check(field, value)
    after = edit(before.encode(), changes_for(configuration(before), field, checked.value))
    assert configuration(after.decode()).fields[field].value == checked.value
    gone = edit(after, changes_for(configuration(after.decode()), field, None))
    assert configuration(gone.decode()).fields[field].state == "unset"


@pytest.mark.parametrize(
    ("field", "value"), [("state-threshold", "-1"), ("state-threshold", "never"), ("state-backend", "x")]
)
def test_new_values_that_the_state_store_refuses(field: FieldName, value: str) -> None:
    with pytest.raises(ValueError, match=r"state store"):
        check(field, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (with_state(path="s3://acme-xcom/state"), set()),
        (with_state(), {"XC123"}),
        (with_state(path=""), {"XC123"}),
        (with_state(path="acme/state"), {"XC123"}),
        (with_state(path="s3://acme-xcom/state", threshold="-1"), {"XC124"}),
        (with_state(path="s3://acme-xcom/state", threshold="1e6"), set()),
        (with_state(path="s3://acme-xcom/state", threshold="10MB"), {"XC124"}),
        (with_state(path="s3://acme-xcom/state", compression="snappy"), {"XC125"}),
        (example(before=f"{STATE_BACKEND_KEY}: {OBJECT_STORAGE_BACKEND}\n"), {"XC122"}),
        (example(before=f"{STATE_BACKEND_KEY}: {STATE_STORE_BACKEND.lower()}\n"), {"XC122"}),
        (example(before=f"{STATE_BACKEND_KEY}: acme.state.Store\n"), set()),
        (example(before=f'{IMAGE}{STATE_BACKEND_KEY}: ""\n'), {"XC121"}),
        (example(before=f"{IMAGE}{STATE_BACKEND_KEY}: ~\n"), {"XC121"}),
        (example(before=IMAGE), set()),
        (example(before=f'{STATE_BACKEND_KEY}: ""\n'), set()),
        (example(before=f'{IMAGE.replace("3.3-1", "3.2-1")}{STATE_BACKEND_KEY}: ""\n'), set()),
    ],
)
def test_findings(text: str, expected: set[str]) -> None:
    assert loud(text) == expected
    assert all((f.field or "").startswith("state-") for f in found(text) if f.code.startswith("XC12"))
