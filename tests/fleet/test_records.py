"""What was read from a file goes through bytes and comes back, whatever texts are in it."""

from __future__ import annotations

import pytest

from rea_xcom_tui.fleet.model import Deployment, UnreadableFile
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import from_record, sound, to_record
from tests.work import values


def test_a_deployment_comes_back_as_it_was_and_knows_what_is_not_committed() -> None:
    item = read_deployment("a/values.yaml", values("a", path="s3://b/a", threshold="1").encode(), Reading())
    assert isinstance(item, Deployment)
    assert from_record(to_record(item)) == item
    dirty = from_record(to_record(item), dirty=True)
    assert isinstance(dirty, Deployment)
    assert (dirty.dirty, dirty.config) == (True, item.config)
    assert from_record(to_record(None)) is None


def test_what_is_equal_in_two_deployments_is_one_object() -> None:
    def read(name: str) -> Deployment:
        text = values(name, path=f"s3://{name}/x", threshold="-7").replace("annotations:", f"annotations:\n  a: {name}")
        item = from_record(to_record(read_deployment(f"prod/{name}/values.yaml", text.encode(), Reading())))
        assert isinstance(item, Deployment)
        return item

    one, other = read("one"), read("two")
    assert one.findings
    assert one.findings is other.findings
    same = [name for name, reading in one.config.fields.items() if reading is other.config.fields[name]]
    assert {"threshold", "backend", "state-path"} <= {*same}
    assert one.config.fields["path"].value == "s3://one/x"
    assert other.config.fields["path"].value == "s3://two/x"
    assert one.env is other.env
    assert one.row is not None
    assert other.row is not None
    assert one.row.account is other.row.account


def test_half_of_a_pair_of_surrogates_becomes_a_question_mark() -> None:
    item = UnreadableFile("a/values.yaml", "the text \ud800 is odd", 2, 3)
    assert sound(item) == UnreadableFile("a/values.yaml", "the text ? is odd", 2, 3)
    assert from_record(to_record(item)) == sound(item)
    whole = UnreadableFile("a/values.yaml", "😀")
    assert sound(whole) is whole


@pytest.mark.parametrize(("text", "said"), [(f"{2**64}", 2**63 - 1), ("1e300", 2**63 - 1), (f"-{2**70}", -(2**63))])
def test_a_threshold_that_is_too_large_for_a_record_is_the_largest_in_it(text: str, said: int) -> None:
    """One such file would stop the reading of all others."""
    item = read_deployment("a/values.yaml", values("a", path="s3://b/a", threshold=text).encode(), Reading())
    assert isinstance(item, Deployment)
    told = sound(item)
    assert isinstance(told, Deployment)
    assert (told.config.fields["threshold"].value, told.config.fields["threshold"].raw) == (said, text)
    assert from_record(to_record(item)) == told


@pytest.mark.parametrize("record", [b"\xc1", b"\x91\x01", b"x"])
def test_a_damaged_record_is_an_error_and_nothing_half_right(record: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_record(record)
