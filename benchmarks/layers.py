"""What layers cost: a layered fleet against a plain one of as many deployments, scanned in the same run.

usage: python benchmarks/layers.py [--deployments N] [--rounds K] [--layout NAME ...]

Every deployment is the same in both repos: in the plain one a file of its own, in the layered ones what Argo CD (an
Application each), an ApplicationSet over git files, Flux (a base patched for each cluster) and helmfile (releases by
environments) put together out of a base that all share, a file of the environment and one of its own. A scan is
timed in a fresh process with nothing kept, and in another with what the first has kept. Each round goes through all
repos, and the least of the rounds counts, of wall time and of the CPU seconds of all processes, which a busy machine
changes less.

Exit code 1 when a layered scan takes more than twice the CPU of the plain one, or when the shared base is read more
than once.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

MOST = 2.0
"""A layered scan may take this many times the CPU seconds of the plain one."""
ENVS = ("dev", "staging", "prod", "dr")
CHART = "astro-remote-execution-agent"
REGISTRY = "https://charts.example.com"
BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
IO = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
Files = Iterator[tuple[str, str]]

SHARED = f"""\
# What every agent of the company has in common.
xcomBackend: {BACKEND}
secretBackend: airflow.secrets.local_filesystem.LocalFilesystemBackend
image:
  repository: images.example.com/astro/agent
  pullPolicy: IfNotPresent
labels:
  team: data-platform
  cost-center: "4711"
""" + "".join(
    f"""\
{part}:
  enabled: true
  replicas: 2
  podAnnotations: {{}}
  nodeSelector: {{}}
  tolerations: []
  resources:
    requests:
      cpu: 500m
      memory: 1Gi
    limits:
      cpu: "1"
      memory: 2Gi
"""
    for part in ("dagProcessor", "triggerer", "sentinel")
)
"""What stands in the base, and in every plain file."""

WORKERS = """\
workers:
  - name: default-worker
    queues: default
    replicas: 2
    env: []
    resources:
      requests:
        cpu: "1"
        memory: 2Gi
"""


def of_env(env: str) -> str:
    """What a file of the environment says."""
    return f"annotations:\n  eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/Agent-{env}\n{WORKERS}"


def own(number: int, env: str) -> str:
    """What a deployment says of itself."""
    threshold = 0 if env in ("prod", "dr") else 1048576
    return f"""\
resourceNamePrefix: etl{number:05d}
namespace: etl-{env}
commonEnv:
  - name: ASTRO_DEPLOYMENT_ID
    value: "dep{number:06d}"
  - name: AIRFLOW_CONN_AWS_XCOM
    value: '{{"conn_type": "aws", "extra": {{"region_name": "eu-west-1"}}}}'
  - name: {IO}PATH
    value: s3://aws_xcom@data-{env}-xcom/etl{number:05d}
  - name: {IO}THRESHOLD
    value: "{threshold}"
  - name: {IO}COMPRESSION
    value: zip
"""


def indented(text: str, by: int) -> str:
    """A text with every line indented."""
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


def plain(count: int) -> Files:
    """A values file for each."""
    for number in range(count):
        env = ENVS[number % 4]
        yield f"clusters/{env}/etl{number:05d}/values.yaml", SHARED + of_env(env) + own(number, env)


def applications(count: int) -> Files:
    """An Application of Argo CD for each, with three values files."""
    yield "layers/base.yaml", SHARED
    for env in ENVS:
        yield f"layers/{env}.yaml", of_env(env)
    for number in range(count):
        env = ENVS[number % 4]
        yield f"values/etl{number:05d}.yaml", own(number, env)
        yield (
            f"apps/etl{number:05d}.yaml",
            f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: etl{number:05d}
spec:
  destination:
    name: {env}-eu
    namespace: etl-{env}
  sources:
    - repoURL: {REGISTRY}
      chart: {CHART}
      targetRevision: 2.0.0
      helm:
        valueFiles:
          - $values/layers/base.yaml
          - $values/layers/{env}.yaml
          - $values/values/etl{number:05d}.yaml
    - repoURL: https://git.example.com/data/gitops.git
      targetRevision: main
      ref: values
""",
        )


def application_set(count: int) -> Files:
    """One ApplicationSet over a file for each."""
    yield "layers/base.yaml", SHARED
    for env in ENVS:
        yield f"layers/{env}.yaml", of_env(env)
    for number in range(count):
        env = ENVS[number % 4]
        yield f"teams/etl{number:05d}/config.yaml", f"name: etl{number:05d}\nenv: {env}\n"
        yield f"teams/etl{number:05d}/values.yaml", own(number, env)
    yield (
        "appset.yaml",
        f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: agents
spec:
  goTemplate: true
  generators:
    - git:
        repoURL: https://git.example.com/data/gitops.git
        revision: main
        files:
          - path: teams/*/config.yaml
  template:
    metadata:
      name: '{{{{ .name }}}}'
    spec:
      destination:
        name: '{{{{ .env }}}}-eu'
        namespace: 'etl-{{{{ .env }}}}'
      sources:
        - repoURL: {REGISTRY}
          chart: {CHART}
          targetRevision: 2.0.0
          helm:
            valueFiles:
              - $values/layers/base.yaml
              - $values/layers/{{{{ .env }}}}.yaml
              - $values/{{{{ .path.path }}}}/values.yaml
        - repoURL: https://git.example.com/data/gitops.git
          targetRevision: main
          ref: values
""",
    )


def flux(count: int) -> Files:
    """A HelmRelease as the base of all, patched for each by an overlay that a cluster's Kustomization builds."""
    yield "layers/kustomization.yaml", "resources: [release.yaml]\n"
    yield (
        "layers/release.yaml",
        f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: agent
spec:
  chart:
    spec:
      chart: {CHART}
      sourceRef:
        kind: HelmRepository
        name: astronomer
  values:
{indented(SHARED, 4)}""",
    )
    for env in ENVS:
        listed = "".join(f"  - ../../apps/etl{number:05d}\n" for number in range(count) if ENVS[number % 4] == env)
        yield f"clusters/{env}/kustomization.yaml", f"resources:\n{listed}"
    for number in range(count):
        env = ENVS[number % 4]
        folder = f"apps/etl{number:05d}"
        yield (
            f"{folder}/kustomization.yaml",
            (f"namespace: etl{number:05d}\nresources: [../../layers]\npatches:\n  - path: patch.yaml\n"),
        )
        yield (
            f"{folder}/patch.yaml",
            f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: agent
spec:
  values:
{indented(of_env(env) + own(number, env), 4)}""",
        )


def helmfile(count: int) -> Files:
    """Releases of one helmfile, each installed in the four environments."""
    yield "layers/base.yaml", SHARED
    for env in ENVS:
        yield f"layers/{env}.yaml", of_env(env)
    releases = ""
    for release in range(max(count // 4, 1)):
        name = f"etl{release:05d}"
        for at, env in enumerate(ENVS):
            yield f"values/{name}-{env}.yaml", own(release * 4 + at, env)
        releases += f"""\
  - name: {name}
    namespace: etl-{{{{ .Environment.Name }}}}
    chart: astronomer/{CHART}
    values:
      - layers/base.yaml
      - layers/{{{{ .Environment.Name }}}}.yaml
      - values/{name}-{{{{ .Environment.Name }}}}.yaml
"""
    environments = "".join(f"  {env}: {{}}\n" for env in ENVS)
    yield (
        "helmfile.yaml.gotmpl",
        f"""\
repositories:
  - name: astronomer
    url: {REGISTRY}
environments:
{environments}---
releases:
{releases}""",
    )


LAYOUTS: dict[str, Callable[[int], Files]] = {
    "plain": plain,
    "argocd": applications,
    "appset": application_set,
    "flux": flux,
    "helmfile": helmfile,
}

SCAN = """
import json, os, sys, time
from collections import Counter
from pathlib import Path
from rea_xcom_tui.fleet.scan import trees
from rea_xcom_tui.fleet.workspace import Workspace
read, read_file = Counter(), trees.read_file
def counted(path, root):
    read[str(path.relative_to(root))] += 1
    return read_file(path, root)
trees.read_file = counted
start, cpu = time.perf_counter(), sum(os.times()[:4])
workspace = Workspace.open(Path(sys.argv[1]))
fleet = workspace.scan()
took = time.perf_counter() - start
print(json.dumps({
    "seconds": took, "cpu": sum(os.times()[:4]) - cpu, "rows": len(fleet.deployments),
    "set": sum(d.field("path").state == "set" for d in fleet.deployments),
    "base": max((times for name, times in read.items() if name.split("/")[0] == "layers"), default=0),
}))
"""


def make(folder: Path, files: Files) -> Path:
    """A git repo of these files."""
    for name, text in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git = ("git", "-C", str(folder), "-c", "user.name=Fleet", "-c", "user.email=fleet@example.com")
    for command in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "Import the fleet")):
        subprocess.run([*git, *command], check=True)
    return folder


def scan(repo: Path, home: Path) -> dict[str, float]:
    """What a scan takes in a process of its own, with the cache of `home`."""
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    environment["XDG_STATE_HOME"] = environment["XDG_CONFIG_HOME"] = str(home / "user")
    done = subprocess.run(
        [sys.executable, "-c", SCAN, str(repo)], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


Pair = tuple[dict[str, float], dict[str, float]]


def measure(repos: dict[str, Path], folder: Path, rounds: int) -> dict[str, Pair]:
    """The least that a cold and a warm scan of each repo took; each round goes through all repos, so that all meet the
    same machine."""
    cold: dict[str, list[dict[str, float]]] = {name: [] for name in repos}
    warm: dict[str, list[dict[str, float]]] = {name: [] for name in repos}
    for number in range(rounds):
        for name, repo in repos.items():
            home = folder / f"home-{name}-{number}"
            home.mkdir(parents=True)
            cold[name].append(scan(repo, home))
            warm[name].append(scan(repo, home))
    return {name: (least(cold[name]), least(warm[name])) for name in repos}


def least(scans: list[dict[str, float]]) -> dict[str, float]:
    """The least wall time and the least CPU of some scans, and what they have found, which has to be the same."""
    assert len({(each["rows"], each["set"], each["base"]) for each in scans}) == 1, scans
    return {**scans[0], **{what: min(each[what] for each in scans) for what in ("seconds", "cpu")}}


def main() -> int:
    """Measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--deployments", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--layout", choices=[name for name in LAYOUTS if name != "plain"], action="append")
    asked = parser.parse_args()
    failed = False
    print(
        f"{'layout':10} {'rows':>6} {'cold':>8} {'ratio':>6} {'CPU':>6} {'warm':>8} {'ratio':>6} {'CPU':>6}   base read"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        names = ("plain", *(asked.layout or [name for name in LAYOUTS if name != "plain"]))
        repos = {name: make(folder / name, LAYOUTS[name](asked.deployments)) for name in names}
        measured = measure(repos, folder, asked.rounds)
        for name, (cold, warm) in measured.items():
            words = ""
            for now, then in zip((cold, warm), measured["plain"], strict=True):
                ratio, cpu = now["seconds"] / then["seconds"], now["cpu"] / then["cpu"]
                words += f" {now['seconds']:7.2f}s {ratio:6.2f} {cpu:6.2f}"
                failed |= cpu > MOST
            print(f"{name:10} {cold['rows']:6.0f}{words}   {cold['base']:.0f}")
            failed |= cold["base"] > 1 or not cold["rows"] == cold["set"] == warm["rows"] == asked.deployments
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
