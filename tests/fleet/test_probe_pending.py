"""What a probe takes along: the values in force, in whichever repo, as pending edits will make them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.fleet.probe.places import candidates
from rea_xcom_tui.fleet.several import Several
from rea_xcom_tui.fleet.workspace import Workspace
from tests.fleet.test_layered import ETL, FILES, ML
from tests.work import IO, make_work, values

PLAIN = "team/values.yaml"
PATH, THRESHOLD = IO + "PATH", IO + "THRESHOLD"


@pytest.fixture
def several(tmp_path: Path) -> Several:
    """A repo with layers and one with a plain file."""
    make_work(tmp_path / "layered", FILES)
    make_work(tmp_path / "plain", {PLAIN: values("team", path="s3://team/xcom", threshold="1024")})
    fleet = Several({name: Workspace.open(tmp_path / name) for name in ("layered", "plain")})
    fleet.scan()
    return fleet


def test_layers_count_in_the_repo_that_has_them(several: Several) -> None:
    layered, plain = candidates(several, [f"layered:{ETL}", f"plain:{PLAIN}"])
    assert layered.settings is not None
    assert plain.settings is not None
    assert (layered.settings.env[PATH], layered.settings.env[THRESHOLD]) == ("s3://base/xcom", "1024")
    assert plain.settings.env[PATH] == "s3://team/xcom"
    assert not layered.settings.pending


def test_pending_edits_count_and_reach_only_those_they_change(several: Several) -> None:
    ids = [f"layered:{ETL}", f"plain:{PLAIN}"]
    several.edit([f"plain:{PLAIN}"], "path", "s3:///no-bucket")
    _, refused = several.edit([f"plain:{PLAIN}"], "path", "gs://elsewhere/xcom")
    _, more = several.edit([f"layered:{ETL}"], "threshold", "2048", layer="layered:clusters/eu/etl.yaml")
    assert not refused
    assert not more
    layered, plain = candidates(several, ids)
    assert layered.settings is not None
    assert plain.settings is not None
    assert (layered.settings.env[PATH], layered.settings.env[THRESHOLD]) == ("s3://base/xcom", "2048")
    assert [size.bytes for size in layered.settings.sizes] == [59, 2047, 2048, 2_000_000]
    assert plain.target.startswith("gs://elsewhere/xcom/_rea_xcom_probe_")
    assert layered.settings.pending
    assert plain.settings.pending
    assert plain.deployment.config.cloud == "gcp"  # so that `check` and probe speak of the same settings
    assert several.deployment(ids[1]).config.cloud == "aws"


def test_an_edit_that_cannot_be_made_is_told_and_the_others_are_tried(several: Several, tmp_path: Path) -> None:
    several.edit([f"plain:{PLAIN}"], "threshold", "7")
    (tmp_path / "plain" / PLAIN).write_text("agentToken: x\nxcomBackend: &b c\ncommonEnv: *b\n")
    plain, layered = candidates(several, [f"plain:{PLAIN}", f"layered:{ETL}"])
    assert "pending edit of threshold cannot be made" in plain.refusal
    assert plain.settings is None
    assert layered.settings is not None
    assert not layered.settings.pending


def test_without_a_path_nothing_is_written_wherever_it_runs(several: Several) -> None:
    (found,) = candidates(several, [f"layered:{ML}"])
    assert "has no path" in found.refusal
