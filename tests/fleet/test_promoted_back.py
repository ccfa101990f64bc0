"""Promoting every field, and back, is the identity: no value of the source differs, and no byte of its file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.campaign.promote import Promotion, make_pending, promote
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.xcom.model import FIELDS
from rea_xcom_tui.xcom.paths import parse_path
from tests.work import IO, make_work

BACKENDS = (
    None,
    "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend",
    "company.{env}.xcom.Backend",
    "company.xcom.{team}.Backend",
)
THRESHOLDS = (None, "-1", "0", "1", "65536", "1048576", "010")
COMPRESSIONS = (None, "gzip", "zip", "bz2", "xz", "snappy")
PATHS = (
    None,
    "s3://aws_xcom@{team}-{env}-xcom/{short}",
    "s3://{env}_conn@{team}-{env}-xcom/v2/{short}/",
    "s3://shared/{env}/{name}",
    "gs://{env}-{name}/x",
    "abfs://xcom@acct{env}/{short}",
    "s3://sandpit-1/{short}",
)
IDENTITIES = (
    None,
    "eks.amazonaws.com/role-arn: arn:aws:iam::{account}:role/{team}-{env}",
    "eks.amazonaws.com/role-arn: arn:aws:iam::{account}:role/{short}",
    "eks.amazonaws.com/role-arn: arn:aws:iam::222233334444:role/shared",
    "iam.gke.io/gcp-service-account: {short}-xcom@{team}-{env}.iam.gserviceaccount.com",
    "azure.workload.identity/client-id: 00000000-1111-4222-8333-{account}",
)
ACCOUNTS = {"staging": "111122223333", "prod": "999988887777"}
SIDE = st.tuples(*map(st.sampled_from, (BACKENDS, THRESHOLDS, COMPRESSIONS, PATHS, IDENTITIES)), st.booleans())
DECLARED = st.sets(st.sampled_from((*FIELDS, "bucket")), max_size=3)
FLEETS = st.lists(st.tuples(SIDE, SIDE), min_size=20, max_size=20)


def agent(env: str, short: str, side: tuple[str | None, str | None, str | None, str | None, str | None, bool]) -> str:
    """An agent's file with these settings, in the words of its environment."""
    names = {"env": env, "team": "growth", "short": short, "name": f"growth-{short}", "account": ACCOUNTS[env]}
    backend, threshold, compression, path, identity, quoted = side
    settings_ = {"PATH": path, "THRESHOLD": threshold, "COMPRESSION": compression}
    quote = '"' if quoted else "'"
    lines = [f"# {short}", f"resourceNamePrefix: growth-{short}", f"namespace: growth-{short}", "agentToken: t"]
    lines += [f"xcomBackend: {backend.format_map(names)}"] if backend else []
    lines += ["commonEnv:", "  - name: ASTRO_DEPLOYMENT_ID", f"    value: d-{short}"]
    for key, text in settings_.items():
        lines += [f"  - name: {IO}{key}", f"    value: {quote}{text.format_map(names)}{quote}"] if text else []
    lines += ["annotations:", f"  {identity.format_map(names)}"] if identity else []
    return "\n".join(lines) + "\n"


def promoted(workspace: Workspace, source: str, target: str) -> Promotion:
    sides = [[one for one in workspace.fleet.deployments if one.env == env] for env in (source, target)]
    return promote(workspace, FIELDS, *sides)


@settings(max_examples=3, deadline=None, phases=(Phase.generate,))
@given(FLEETS, DECLARED)
def test_promoting_back_is_the_identity_for_every_field(
    fleet: list[tuple[tuple[str | None, str | None, str | None, str | None, str | None, bool], ...]], declared: set[str]
) -> None:
    files = {
        f"clusters/{env}/growth/a{number}/values.yaml": agent(env, f"a{number}", side)
        for number, pair in enumerate(fleet)
        for env, side in zip(ACCOUNTS, pair, strict=True)
    }
    if declared:
        files[BASELINE_FILE] = "version: 1\nper_environment:\n" + "".join(
            f"  {one}: ours\n" for one in sorted(declared)
        )
    with tempfile.TemporaryDirectory() as folder:
        work = make_work(Path(folder) / "growth", files)
        workspace = Workspace.open(work.root)
        workspace.scan()
        forth = promoted(workspace, "staging", "prod")
        carried = {(one.source, one.field): one for one in forth.carried if one.outcome in ("change", "same")}
        kept = {(one.source, one.field): one for one in forth.carried if one.outcome == "kept"}
        assert {name for _, name in kept} == declared - {"bucket"}
        buckets = {
            one.target: parse_path(str(one.old)).bucket for one in forth.carried if one.field == "path" and one.old
        }
        for one in carried.values():
            if "bucket" in declared and one.field == "path" and one.new is not None:
                assert parse_path(str(one.new)).bucket == buckets[one.target]
        apart = "threshold" not in declared and any({one[1], other[1]} == {"0", "65536"} for one, other in fleet)
        assert any(one.field == "threshold" and one.outcome == "change" for one in carried.values()) or not apart
        make_pending(workspace, forth)
        workspace.write()
        workspace.scan()
        back = {(one.target, one.field): one for one in promoted(workspace, "prod", "staging").carried}
        assert {back[key].outcome for key in kept} <= {"kept"}
        wrong = [
            f"{one.value} became {one.new}, and back {back[key].new} ({back[key].outcome} {back[key].reason})"
            for key, one in carried.items()
            if back[key].outcome != "same"
        ]
        assert wrong == []
        assert all(work.read(file).decode() == text for file, text in files.items() if "/staging/" in file)
