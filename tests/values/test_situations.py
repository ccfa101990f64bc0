"""Every situation of `situations/*.yaml`, as it stands, with Windows line ends and with a byte order mark."""

from __future__ import annotations

import pytest
import yaml

from rea_xcom_tui.values import RefusedEdit, Unreadable, ValuesFile, edit

from .situations import Situation, load_situations

SITUATIONS = load_situations()
BOM = "\ufeff"


def forms(situation: Situation) -> list[tuple[str, str | None]]:
    """The situation's texts in every form in which the outcome must be the same one."""
    before, after = situation.before, situation.after
    out = [(before, after)]
    if "\n" in before and not any(odd in before for odd in "\r\x85\u2028"):
        out.append((before.replace("\n", "\r\n"), None if after is None else after.replace("\n", "\r\n")))
    if not before.startswith(BOM):
        out.append((BOM + before, None if after is None else BOM + after))
    return out


def test_there_are_enough_of_them_and_no_two_share_a_name() -> None:
    names = [(each.group, each.name) for each in SITUATIONS]
    assert len(names) >= 150
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda each: f"{each.group}: {each.name}")
def test_situation(situation: Situation) -> None:
    for before, after in forms(situation):
        data = before.encode()
        if after is None:
            with pytest.raises((RefusedEdit, Unreadable)) as caught:
                edit(data, situation.edits)
            error = caught.value
            assert isinstance(error, RefusedEdit | Unreadable)
            code = error.code if isinstance(error, RefusedEdit) else "unreadable"
            assert (code, error.line) == (situation.refused, situation.line), str(error)
            assert len(str(error)) > 20
            assert str(error).endswith((".", ".)"))
        else:
            assert edit(data, situation.edits).decode() == after


@pytest.mark.parametrize(
    "situation",
    [each for each in SITUATIONS if each.after is not None],
    ids=lambda each: f"{each.group}: {each.name}",
)
def test_the_outcome_reads_well(situation: Situation) -> None:
    """A third reader, PyYAML's loader, can read every outcome, and so can ours."""
    assert situation.after is not None
    list(yaml.compose_all(situation.after.replace("\t", " "), yaml.SafeLoader))
    ValuesFile.parse(situation.after.encode())
