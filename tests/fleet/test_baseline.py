from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rea_xcom_tui import values
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.file import load_baseline, parse_baseline
from rea_xcom_tui.fleet.baseline.places import BadBaseline
from rea_xcom_tui.xcom.drift.baseline import Ignore

GOOD = """\
version: 1
by: [env, cloud]
baseline:
  prod:
    threshold: 0
    path: "s3://{team}-{env}-xcom/{name}"
    compression: zip or gzip
  dev:
    threshold: 64KiB..4MiB
    identity: same
  prod/azure:
    backend: {value: airflow.x.Y, severity: error}
    compression: [zip, ~]
ignore:
  - deployment: clusters/prod/crm/*
    field: compression
    actual: gzip
    reason: the partner
    owner: Ana
    expires: "2027-01-31"
"""


def test_every_form_is_read() -> None:
    baseline = parse_baseline(GOOD.encode())
    fields = baseline.for_group(("prod", "azure"))
    assert {field: expected.text for field, expected in fields.items()} == {
        "threshold": 0,
        "path": "s3://{team}-{env}-xcom/{name}",
        "compression": "zip or unset",
        "backend": "airflow.x.Y",
    }
    assert fields["backend"].severity == "error"
    assert baseline.for_group(("dev", "aws"))["threshold"].text == "64 KiB..4 MiB"
    assert baseline.ignores == (
        Ignore(("clusters/prod/crm/*",), "compression", "gzip", "the partner", "Ana", date(2027, 1, 31), 15),
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "why"),
    [
        ("    threshold: 0", "    treshold: 0", "5:5: 'baseline.prod.treshold'", "did you mean threshold?"),
        ("baseline:", "basline:", "3:1: 'basline'", "no such key; did you mean baseline?"),
        ("  dev:", "  dev: []\n  x:", "8:8: 'baseline.dev'", "a mapping of keys to values"),
        ("    identity: same", "    threshold: 1", "10:5: 'baseline.dev.threshold'", "is already on line 9"),
        ("  dev:\n", "  dev:\n    <<: {}\n", "9:5: 'baseline.dev.<<'", "merges are not read here"),
        ('"2027-01-31"', "soon", "20:14: 'ignore.0.expires'", "write it as 2027-01-31"),
        ("[env, cloud]", "[env, env]", "2:5: 'by'", "once"),
        ("[env, cloud]", "[]", "2:5: 'by'", "the list is empty"),
        ("zip or gzip", "zip or gz", "7:18: 'baseline.prod.compression'", 'Airflow refuses "gz"'),
        ("{team}-{env}", "{tem}-{env}", "6:11: 'baseline.prod.path'", "{tem} is not a placeholder"),
        ("64KiB..", "64KiX..", "9:16: 'baseline.dev.threshold'", "not a unit"),
        ("  dev:", "  dev/aws/x:", "8:3: 'baseline.dev/aws/x'", "a group is named env/cloud"),
        ("value: a", "values: a", "12:14: 'baseline.prod/azure.backend'", "exactly one of"),
        ("severity: error", "severity: bad", "12:45: 'baseline.prod/azure.backend.severity'", "should be 'error'"),
        ("zip or gzip", "yes", "7:18: 'baseline.prod.compression'", "put it in quotes"),
        ("reason: the", "why: the", "18:5: 'ignore.0.why'", "there is no such key"),
        ("reason: the partner", "reason: ''", "18:13: 'ignore.0.reason'", "this is empty"),
        ("2027-01-31", "2027-13-31", "20:14: 'ignore.0.expires'", "is not a d"),
        ("[env, cloud]", "[env, clod]", "2:11: 'by.1'", "'team'"),
        ("version: 1\n", "", "1:1: 'version'", "this key is missing"),
        ("version: 1", "version: 2", "1:10: 'version'", "the number 1"),
        ("  dev:", "  prod:", "8:3: 'baseline.prod'", "is already on line 4"),
        ("version: 1", "version: [", "3:1", "not YAML"),
        ("version: 1", "version: 1\n---", "1:1", "2 YAML documents"),
        ("value: airflow.x.Y", "same: 5", "12:14: 'baseline.prod/azure.backend'", "same can only be true"),
        ("[zip, ~]", "[zip, [gzip]]", "13:18: 'baseline.prod/azure.compression'", "a value, a set of values, or"),
        ("ignore:\n", "per_environment: {thresold: x}\nignore:\n", "14:19: 'per_environment.thresold'", "or bucket"),
    ],
)
def test_a_mistake_is_told_with_line_column_and_key(old: str, new: str, place: str, why: str) -> None:
    assert old in GOOD
    with pytest.raises(BadBaseline) as error:
        parse_baseline(GOOD.replace(old, new, 1).encode())
    assert f"{BASELINE_FILE}:{place}: " in str(error.value)
    assert why in str(error.value)


def test_aliases_of_aliases_are_not_multiplied_out() -> None:
    """Nine lines that stand for 9^9 values took all memory there was."""
    lines = [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]" for i in range(9)]
    with pytest.raises(BadBaseline, match="is it a baseline"):
        parse_baseline("\n".join(["a: &a [x]", *lines]).encode())


def test_an_ignore_is_about_one_or_several_and_takes_sizes() -> None:
    entry = "version: 1\nignore:\n  - {deployment: [a, b], field: threshold, actual: 4KiB, reason: x}\n"
    assert parse_baseline(entry.encode()).ignores == (Ignore(("a", "b"), "threshold", "4096", "x", line=3),)
    for empty in ("[]", "''", "[a, '']"):
        with pytest.raises(BadBaseline, match=r"'ignore\.0\.deployment"):
            parse_baseline(entry.replace("[a, b]", empty).encode())


def test_mistakes_of_shape_and_of_values_are_told_together() -> None:
    text = "version: 1\nbaseline:\n  prod:\n    treshold: 0\n    path: '{x}'\n    threshold: [1, true]\n"
    with pytest.raises(BadBaseline) as error:
        parse_baseline(text.encode())
    assert [line.split(": ")[0] for line in str(error.value).splitlines()] == [
        f"{BASELINE_FILE}:4:5",
        f"{BASELINE_FILE}:5:11",
        f"{BASELINE_FILE}:6:16",
    ]


def test_many_mistakes_are_told_together() -> None:
    text = "version: 1\nbaseline:\n  prod:\n" + "".join(f"    wrong{n}: 1\n" for n in range(9))
    with pytest.raises(BadBaseline, match="and 4 more mistakes") as error:
        parse_baseline(text.encode())
    assert len(str(error.value).splitlines()) == 6


def test_no_file_and_an_empty_one_declare_nothing(tmp_path: Path) -> None:
    assert load_baseline(tmp_path).expected is None
    (tmp_path / BASELINE_FILE).write_text("\n")
    assert load_baseline(tmp_path).expected is None
    assert parse_baseline(b"version: 1\nignore: []\n").expected is None


def test_a_link_out_of_the_repo_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(GOOD)
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / BASELINE_FILE).symlink_to(tmp_path / "outside")
    with pytest.raises(values.Unreadable):
        load_baseline(tmp_path / "repo")
