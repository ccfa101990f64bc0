"""One step to either side of where each rule begins: cases that a changed line of a rule would get wrong."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.examples import ROLE, azure, example
from rea_xcom_tui.xcom.rules.families import find
from rea_xcom_tui.xcom.rules.maintenance import maintenance_finding
from tests.xcom.rules.helpers import codes, found

KEY = "eks.amazonaws.com/role-arn"
LABEL = "azure.workload.identity/use"
ENDS = {
    (1, 0): date(2026, 7, 28), (1, 1): date(2026, 7, 28), (1, 2): date(2026, 7, 28), (1, 3): date(2026, 7, 28),
    (1, 4): date(2026, 10, 16), (1, 5): date(2026, 10, 16), (1, 6): date(2026, 10, 16), (1, 7): date(2027, 1, 1),
}  # fmt: skip


def message(text: str, code: str, **options: object) -> str:
    """What the one finding of a code says."""
    (one,) = [finding for finding in found(text, **options) if finding.code == code]
    return one.message


def test_each_minor_version_of_the_agent_has_its_last_day() -> None:
    rule = find("XC719")
    assert rule is not None
    config = read(ValuesFile.parse(rule.wrong.encode()).root)
    for minor in range(8):
        end = ENDS[1, minor]
        agent = msgspec.structs.replace(config, agent=(1, minor, 0))
        assert maintenance_finding(agent, end) is None
        told = maintenance_finding(agent, end + timedelta(days=1))
        assert told is not None
        assert told.message == (
            f"agent 1.{minor}.0: maintenance of 1.{minor} ended on {end} at the latest; "
            "newest is 1.8 (as of 2026-11-28)"
        )
        assert (told.line, told.column) == (1, 1)


@pytest.mark.parametrize(
    ("rest", "misplaced"),
    [
        (f"labels:\n  {LABEL}: 'true'\n", False),
        (f"podLabels:\n  {LABEL}: 'true'\n", True),
        (f"workers:\n  - name: w\n    labels:\n      {LABEL}: 'true'\n", True),
    ],
)
def test_the_label_counts_only_at_the_top(rest: str, misplaced: bool) -> None:
    assert ("XC607" in codes(azure(label=None, rest=rest))) is misplaced


@pytest.mark.parametrize(
    ("path", "rest", "code", "there"),
    [
        ('"gs://acme-xcom/etl"', f"annotations:\n  {KEY}: {ROLE}", "XC609", True),
        ('"s3://acme-xcom/etl"', f"annotations:\n  {KEY}: {ROLE}", "XC609", False),
        ('"gs://acme-xcom/etl"', "", "XC609", False),
        ('"s3://acme-xcom/etl"', "", "XC610", True),
        ('"s3://acme-xcom/etl"', f"annotations:\n  {KEY}: {ROLE}", "XC610", False),
    ],
)
def test_an_identity_is_held_against_the_cloud_of_the_path(path: str, rest: str, code: str, there: bool) -> None:
    assert (code in codes(example(path=path, rest=rest))) is there


@pytest.mark.parametrize(
    ("notes", "fixed"),
    [
        ("eks.amazonaws.com/role_arn: ROLE", True),
        ("eks.amazonaws.com/role_arn: ROLE\n  eks.amazonaws.com/role-arn: ROLE", False),
        ("eks.amazonaws.com/rolxxrn: ROLE", True),
    ],
)
def test_a_misspelt_identity_is_renamed_where_the_right_name_is_free(notes: str, fixed: bool) -> None:
    text = example(rest="annotations:\n  " + notes.replace("ROLE", ROLE))
    (one,) = [finding for finding in found(text) if finding.code == "XC611"]
    assert bool(one.fix) is fixed


def test_three_wrong_letters_are_another_name() -> None:
    assert "XC611" not in codes(example(rest=f"annotations:\n  eks.amazonaws.com/rolxxxn: {ROLE}"))


def test_entries_without_a_name_are_found_in_every_env() -> None:
    entry = "    env:\n      - value: x\n"
    for rest in (f"workers:\n  - name: w\n{entry}", f"triggerer:\n{entry}", f"dagProcessor:\n{entry}"):
        assert "no name" in message(example(rest=rest.replace("    env", "    env")), "XC711"), rest
    assert "XC711" not in codes(example(rest="workers:\n  - 5\n"))


def test_a_name_is_there_twice_only_within_one_list() -> None:
    twice = (("A_B", '"1"'), ("A_B", '"1"'))
    assert "A_B is also on line" in message(example(env=twice), "XC704")
    other = "workers:\n  - name: w\n    env:\n      - {name: A_B, value: '1'}\n"
    assert "XC704" not in codes(example(env=twice[:1], rest=other))


@pytest.mark.parametrize(
    ("value", "exponent"),
    [("999999", False), ("1000000", True), ("-1000000", True), ("true", False)],
)
def test_numbers_from_a_million_on_get_an_exponent(value: str, exponent: bool) -> None:
    assert ("XC702" in codes(example(threshold=value))) is exponent


def test_a_connection_of_blanks_is_none() -> None:
    blank = example(env=(("AIRFLOW_CONN_AWS_XCOM", '"  "'),), path='"s3://aws_xcom@acme-xcom/etl"')
    assert not {code for code in codes(blank) if code.startswith("XC5") and code != "XC501"} & {"XC502", "XC503"}


def test_a_connection_under_its_long_name_is_told_where_the_path_names_it() -> None:
    long = (("AIRFLOW_CONNECTION_AWS_XCOM", '"aws://"'),)
    assert "Airflow looks for AIRFLOW_CONN_AWS_XCOM only" in message(
        example(env=long, path='"s3://aws_xcom@acme-xcom/etl"'), "XC505"
    )
    assert "XC505" not in codes(example(env=long)), "it may be a variable of somebody's own"


def test_what_is_wrong_with_a_connection_is_told_at_its_text() -> None:
    text = azure(connection='"account_name=acme"')
    (one,) = [finding for finding in found(text) if finding.code == "XC507"]
    before = text.partition('"account_name=acme"')[0]
    assert (one.line, one.column) == (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)


def test_text_that_is_no_uri_and_a_uri_without_a_type_are_told_apart() -> None:
    assert message(azure(connection='"account_name=acme"'), "XC507").endswith(
        "is neither JSON nor a URI: Airflow reads no settings from it"
    )


def test_the_message_of_two_components_names_both_and_their_values() -> None:
    workers = (
        "workers:\n  - name: one\n    env:\n      - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD\n"
        '        value: "7"\n'
    )
    said = message(example(rest=workers), "XC709")
    assert "gets a different threshold here than" in said
    assert said.endswith('"7", not "0"')


def test_an_agent_of_the_first_version_that_reads_xcom_is_not_old() -> None:
    image = "image: registry.example.com/astro-remote-execution-agent:3.1-9-python-3.12-astro-agent-"
    assert "XC715" in codes(example(before=f"{image}1.4.9"))
    assert "XC715" not in codes(example(before=f"{image}1.5.0"))


def test_an_agent_of_180_does_not_start_without_a_state_store_and_one_before_does() -> None:
    image = "image: quay.io/astronomer/astro-remote-execution-agent:3.3-1-python-3.12-astro-agent-"
    (code,) = codes(example(before=f'{image}1.8.0\nstateStoreBackend: ""')) - codes(example(before=f"{image}1.8.0"))
    assert code not in codes(example(before=f'{image}1.7.9\nstateStoreBackend: ""'))


@pytest.mark.parametrize(
    ("backend", "told"),
    [
        ("airflow.providers.common.io.xcom.backend.XComObjectStorageBackend", True),
        ("airflow.providers.common.io.xcom.backend.XComObjectStoreBackend", True),
        ("acme.xcom.Backend", False),
    ],
)
def test_a_threshold_is_judged_for_the_class_that_was_meant_and_not_for_ones_own(backend: str, told: bool) -> None:
    text = example(threshold='"1"')
    right = text.splitlines()[0]
    assert ("XC306" in codes(text.replace(right, f"xcomBackend: {backend}"))) is told


S3 = '"s3://acme-xcom/etl"'


@pytest.mark.parametrize(
    ("text", "code", "airflow", "said"),
    [
        (example(compression="gz"), "XC402", (3, 1, 0), "and every write of a value fails"),
        (example(compression="gz"), "XC402", (3, 3, 0), "and writes to object storage fail"),
        (example(compression="gz"), "XC402", None, "and writes fail (all of them on 3.0 and 3.1"),
        (example(path=None, threshold='"-1"'), "XC201", (3, 1, 0), "but Airflow may fail every read without a path"),
        (example(path=None, threshold='"-1"'), "XC201", None, "but on 3.0 and 3.1 Airflow may fail"),
        (example(path=None), "XC201", (3, 1, 0), "Airflow 3.0 and 3.1 fail when a task writes or reads a value"),
        (example(path=None), "XC201", (3, 3, 0), "values go to the container's own disk and are lost with the pod"),
        (example(path='"s3:/acme/etl"'), "XC205", (3, 1, 0), "lacks one of the two slashes after s3:"),
        (example(path='"s3:/acme/etl"'), "XC205", (3, 3, 0), "lacks the two slashes after s3:"),
        (example(path='"s3:acme/etl"'), "XC205", (3, 1, 0), "lacks the two slashes after s3:"),
        (example(threshold='"1"'), "XC306", None, "threshold 1: values of less than 1 bytes stay in the database"),
        (example(path='"s3://acme-xcom/a//b"'), "XC215", None, "has an empty part, which stays in every key"),
    ],
)
def test_what_a_rule_says_depends_on_the_version(
    text: str, code: str, airflow: tuple[int, ...] | None, said: str
) -> None:
    told = found(text, airflow=airflow)
    assert [finding.code for finding in told if said in finding.message] == [code], told


def test_nothing_is_said_of_reading_without_a_path_from_airflow_32_on() -> None:
    told = found(example(path=None, threshold='"-1"'), airflow=(3, 3, 0))
    assert not any("may fail every read" in finding.message for finding in told)


def test_two_colons_cut_a_key_from_32_on_and_are_no_matter_before_without_a_connection() -> None:
    for path, airflow, severity in (
        ('"s3://acme-xcom/a::b"', None, "warning"),
        ('"s3://aws_xcom@acme-xcom/a::b"', (3, 3, 0), "warning"),
        ('"s3://acme-xcom/a::b"', (3, 3, 0), "error"),
    ):
        (one,) = [each for each in found(example(path=path), airflow=airflow) if "has ::" in each.message]
        assert one.severity == severity
        assert ("on Airflow 3.2 and newer" in one.message) is (airflow is None)


def test_a_connection_by_its_near_name_is_named_in_full() -> None:
    text = example(path='"s3://aws_xcom@acme-xcom/etl"', env=(("AIRFLOW_CONN_AWSXCOM", '\'{"conn_type": "aws"}\''),))
    assert any('connection "aws_xcom" is not ' in finding.message for finding in found(text))


def test_the_special_buckets_of_azure_are_fine_and_other_placeholders_are_passed_over() -> None:
    assert "XC214" not in codes(azure(path='"abfs://wasb_xcom@$root/etl"'))
    assert {"XC214", "XC215", "XC216"}.isdisjoint(codes(example(path='"s3://${BUCKET}/etl"')))


def test_a_word_of_prose_in_a_password_is_masked_once() -> None:
    told = " ".join(finding.message for finding in found(example(path='"s3://key:se@cret:x@acme-xcom/etl"')))
    assert "cret:x" not in told


def test_of_two_workers_the_one_that_differs_is_named() -> None:
    env = '    env:\n      - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD\n        value: "{}"\n'
    workers = f"workers:\n  - name: one\n{env.format(0)}  - name: two\n{env.format(7)}"
    assert message(example(rest=workers), "XC709").startswith("worker two gets a different threshold here than ")


def test_a_finding_carries_a_field_only_where_it_stands_at_that_field() -> None:
    image = "image: registry.example.com/astro-remote-execution-agent:3.1-9-python-3.12-astro-agent-1.4.9"
    (old,) = [finding for finding in found(example(before=image)) if finding.code == "XC715"]
    assert old.field is None


def test_an_empty_password_is_no_matter_on_airflow_30() -> None:
    def severity(password: str, version: tuple[int, ...]) -> list[str]:
        connection = f'\'{{"conn_type": "aws", "password": {password}, "host": 5}}\''
        text = example(path='"s3://aws_xcom@acme-xcom/etl"', env=(("AIRFLOW_CONN_AWS_XCOM", connection),))
        return [f.severity for f in found(text, airflow=version) if "Airflow 3.1 and newer refuse it" in f.message]

    assert severity("0", (3, 0, 0)) == ["warning"]
    assert severity("5", (3, 0, 0)) == []
    assert severity("0", (3, 1, 0)) == []
