"""Real repos with fleets for the screens, and what a scan finds in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.workspace import Workspace
from tests.work import BACKEND, IO, Work, make_work, values

HOSTILE = "[red]x[/red] \x1b[31mESC\x1b]0;t\x07 \u202egnp.exe 日本語 🚀 a\nb\tc"
_IN_YAML = r"[red]x[/red] \e[31mESC\e]0;t\a \u202Egnp.exe 日本語 🚀 a\nb\tc"


def file_of(name: str, env: str = "prod") -> str:
    """Where a deployment's values file is."""
    return f"clusters/{env}/{name}/values.yaml"


def aws(name: str, env: str = "prod", *, threshold: str = "0", compression: str | None = "zip") -> str:
    """The values file of a deployment on AWS."""
    path = f"s3://aws_xcom@{name}-{env}-xcom/airflow/xcom"
    role = f"arn:aws:iam::123456789012:role/{name}-agent"
    return values(name, path=path, threshold=threshold, compression=compression, role=role)


def _elsewhere(name: str, path: str, annotation: str, compression: str | None) -> str:
    """The values file of a deployment on another cloud."""
    made = values(name, path=path, threshold="0", compression=compression, role="x")
    if "azure" in annotation:
        made = made.replace("labels: {}", 'labels:\n  azure.workload.identity/use: "true"')
    return made.replace("eks.amazonaws.com/role-arn: x", annotation)


def _small() -> dict[str, str]:
    """Ten deployments with every state that a cell can have, and a file that cannot be read."""
    azure = "azure.workload.identity/client-id: 3f8a1c52-0b8e-4c0e-9f7d-5a1e7f0c2b44"
    google = "iam.gke.io/gcp-service-account: reporting@acme-prod.iam.gserviceaccount.com"
    twice = f"  - name: {IO}THRESHOLD\n    value: "
    secret = "valueFrom:\n      secretKeyRef:\n        name: xcom\n        key: path"
    return {
        file_of("billing-etl"): aws("billing-etl", threshold="1048576"),
        file_of("billing-ml"): aws("billing-ml", threshold="1048576"),
        file_of("crm-sync"): aws("crm-sync", compression="gz"),
        file_of("fraud-score"): aws("fraud-score", threshold="65536"),
        file_of("legacy-agent"): aws("legacy-agent", threshold="5").replace(twice, f'{twice}"7"\n{twice}'),
        file_of("orders", "dev"): _elsewhere("orders", "abfs://wasb_xcom@orders-dev/xcom", azure, None),
        file_of("payments", "dev"): aws("payments", "dev", threshold="-1"),
        file_of("reporting", "staging"): _elsewhere(
            "reporting", "gs://gcp_xcom@reporting-staging-xcom/x", google, "gzip"
        ),
        file_of("search-index"): aws("search-index").replace(
            'value: "s3://aws_xcom@search-index-prod-xcom/airflow/xcom"', secret
        ),
        file_of("warehouse", "staging"): aws("warehouse", "staging", threshold="1500000"),
        file_of("broken"): f"xcomBackend: {BACKEND}\ncommonEnv:\n  - name: x\n value: y\n",
    }


SMALL = _small()


def small_repo(root: Path, **changed: str) -> Work:
    """Ten deployments with every state that a cell can have, and a file that cannot be read."""
    return make_work(root / "gitops-platform", {**SMALL, **{file_of(name): text for name, text in changed.items()}})


def hostile_repo(root: Path) -> Work:
    """Names of files and values that try to break the screen."""
    folder = HOSTILE.replace("/", "∕")  # beside NUL the only character that no name of a file can hold

    def named(name: str, path: str) -> str:
        return values("NAME", path=path, threshold="0").replace("Prefix: NAME", f'Prefix: "{name}"')

    return make_work(
        root / "[bold]evil",
        {
            file_of("plain"): aws("plain"),
            file_of(folder): named(_IN_YAML, f"s3://{_IN_YAML}/x"),
            file_of("n" * 250): named("n" * 10_000, "s3://" + "x" * 10_000),
            file_of("日本語のデプロイ"): named("日本語のデプロイ", "s3://バケット/[prod]/データ"),
            file_of(f"{folder}-broken"): f"xcomBackend: {BACKEND}\ncommonEnv:\n  - name: x\n value: {HOSTILE}\n",
        },
    )


def large_fleet(count: int, odd: int = 0) -> dict[str, str]:
    """The files of many deployments in three environments; each `odd`-th has another threshold than the rest."""
    envs = ("prod", "dev", "staging")
    files = {}
    for index in range(count):
        name, env = f"team{index % 37:02d}-svc-{index:06d}", envs[index % 3]
        files[file_of(name, env)] = aws(name, env, threshold="4096" if odd and index % odd == 0 else "0")
    return files


@cache
def small_fleet() -> Fleet:
    """What a scan finds in the small repo; read once for all tests of a process."""
    with TemporaryDirectory() as folder:
        return Workspace.open(small_repo(Path(folder)).root).scan()


@cache
def deployment() -> Deployment:
    """One deployment in order, to be changed where a test needs another."""
    return small_fleet().by_id[file_of("billing-etl")]
