"""Makes git repos of agent values files in the shapes that people write, with the truth about every one of them.

    python -m benchmarks.speed.fleets DIR [--deployments 1000] [--others 2000] [--full 15] [--layered] [--seed 2026]

`DIR/repo` is the repo and `DIR/truth.json` what `list --format json` has to say of each file: the six fields. Beside
the deployments lie other YAML files, as in any GitOps repo. Three shapes: `short`, as in a how-to; `trimmed`, a full
file of which somebody has kept the keys; `full`, a thousand lines of which two thirds are comments that repeat the
keys' names, with `commonEnv` as one line of JSON. With `--layered`, deployments are made of a base, a file for each
environment and one of their own, which a manifest lists.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
IO = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
ENVIRONMENTS = ("dev", "staging", "prod", "dr")
COMPONENTS = ("dagProcessor", "triggerer", "workers", "sentinel", "openLineage", "loggingSidecar", "xcomSidecar")

CONFIGURATION = """\
[[layouts.manifests]]
files = "clusters/{cluster}/agents.yaml"
items = "agents"
layers = ["/base.yaml", "/environments/{item.env}.yaml", "{item.values}"]
name = "{item.name}"
env = "{item.env}"
cluster = "{cluster}"
chart = "astro-remote-execution-agent"
"""


@dataclass(frozen=True)
class Facts:
    """What one deployment is to be read as."""

    name: str
    team: str
    env: str
    path: str
    threshold: int
    compression: str | None
    identity: str
    connection: str | None
    cloud: str

    def truth(self) -> dict[str, object]:
        """As `list --format json` has it."""
        return {
            "backend": BACKEND,
            "path": self.path,
            "threshold": self.threshold,
            "compression": self.compression,
            "identity": self.identity,
            "connection": self.connection,
        }


def facts(chance: random.Random, number: int) -> Facts:
    """One deployment of the fleet: its team's bucket, its environment's threshold, and some that are otherwise."""
    team, env, name = f"team{number // 16:04d}", ENVIRONMENTS[number % 4], f"etl{number // 4:05d}"
    cloud = chance.choices(("aws", "azure", "gcp"), (5, 3, 2))[0]
    usual = 0 if env in ("prod", "dr") else 1048576
    threshold = usual if chance.random() < 0.93 else chance.choice((-1, 4096, 65536, 10485760))
    compression = chance.choices(("zip", "gzip", "xz", None), (6, 2, 1, 1))[0]
    connection: str | None = None
    if cloud == "aws":
        connection = chance.choice((None, "aws_xcom"))
        path = f"s3://{f'{connection}@' if connection else ''}{team}-{env}-xcom/{name}"
        identity = f"arn:aws:iam::{(number * 7919 + 123456789) % 10**12:012d}:role/{team}AgentRole"
    elif cloud == "azure":
        connection = "wasb_xcom"
        path, identity = f"abfs://wasb_xcom@xcom/{name}", f"{number:08x}-0000-4000-8000-{number:012x}"
    else:
        path = f"gs://{team}-{env}-xcom/{name}"
        identity = f"xcom-{env}@{team}-project.iam.gserviceaccount.com"
    return Facts(name, team, env, path, threshold, compression, identity, connection, cloud)


def entries(one: Facts) -> list[tuple[str, str]]:
    """The environment variables of a deployment."""
    found = [("ASTRO_ORGANIZATION_ID", "org-1"), ("ASTRO_DEPLOYMENT_ID", f"{one.team}-{one.name}-{one.env}")]
    if one.connection == "aws_xcom":
        found.append(("AIRFLOW_CONN_AWS_XCOM", json.dumps({"conn_type": "aws", "extra": {"region_name": "eu-west-1"}})))
    if one.connection == "wasb_xcom":
        extra = {
            "account_name": f"{one.team}{one.env}",
            "managed_identity_client_id": one.identity,
            "workload_identity_tenant_id": "0f0f0f0f-1111-4000-8000-0f0f0f0f0f0f",
        }
        found.append(("AIRFLOW_CONN_WASB_XCOM", json.dumps({"conn_type": "azure", "extra": json.dumps(extra)})))
    found += [(f"{IO}PATH", one.path), (f"{IO}THRESHOLD", str(one.threshold))]
    return found + ([(f"{IO}COMPRESSION", one.compression)] if one.compression else [])


def identity_annotations(one: Facts) -> dict[str, str]:
    """The annotations of the service account that carry the identity."""
    keys = {"aws": "eks.amazonaws.com/role-arn", "azure": "azure.workload.identity/client-id"}
    return {keys.get(one.cloud, "iam.gke.io/gcp-service-account"): one.identity}


def env_list(chance: random.Random, found: Sequence[tuple[str, str]]) -> str:
    """The variables as a block list, indented and quoted as somebody may have done it."""
    dash, quote = chance.choice(("", "  ")), chance.choice(("'", '"'))
    lines = ["commonEnv:"]
    for name, value in found:
        written = json.dumps(value) if quote == '"' and "{" not in value else "'" + value.replace("'", "''") + "'"
        note = "  # zero stores everything in the object store" if name.endswith("THRESHOLD") and dash else ""
        lines += [f"{dash}- name: {name}", f"{dash}  value: {written}{note}"]
    return "\n".join(lines) + "\n"


def mapping(key: str, pairs: dict[str, str]) -> str:
    """A mapping of texts."""
    return (
        f"{key}:\n" + "".join(f'  {name}: "{value}"\n' for name, value in pairs.items()) if pairs else f"{key}: {{}}\n"
    )


def head(one: Facts) -> str:
    """The keys that every file begins with."""
    labels = {"azure.workload.identity/use": "true"} if one.cloud == "azure" else {}
    return (
        f"resourceNamePrefix: {one.team}-{one.name}\nnamespace: {one.team}-{one.env}\n\n"
        f"xcomBackend: {BACKEND}\nsecretBackend: airflow.secrets.local_filesystem.LocalFilesystemBackend\n\n"
        f"{mapping('labels', labels)}{mapping('annotations', identity_annotations(one))}\n"
    )


def component(name: str, comments: bool) -> str:
    """What a full file says of one of the agent's components, with or without the comments that explain it."""

    def told(text: str) -> str:
        return f"  # {text}\n" if comments else ""

    parts = [f"{name}:\n", told(f"Settings of the {name}, which take the place of those above.")]
    for key, value in (("enabled", "true"), ("replicas", "1"), ("nodeSelector", "{}"), ("tolerations", "[]")):
        parts += [told(f"{key} of the {name}."), told(f"Example: {key}: {value}"), f"  {key}: {value}\n"]
    for key in ("env", "volumes", "volumeMounts", "initContainers", "sidecars", "imagePullSecrets"):
        parts += [told(f"{key}: a list that is added to what commonEnv and the like say for all."), told("Example:")]
        parts += [told(f"  - name: {IO}THRESHOLD"), told('    value: "1048576"'), f"  {key}: []\n"]
    for part in ("livenessProbe", "readinessProbe", "startupProbe"):
        parts += [told(f"{part}: how Kubernetes asks whether the {name} is well.") * 3, f"  {part}:\n"]
        parts += [f"    {key}: {seconds}\n" for key, seconds in (("periodSeconds", 10), ("timeoutSeconds", 5))]
    parts += [told("What a pod asks for, and what it may take at most.") * 4, "  resources:\n"]
    for kind in ("requests", "limits"):
        parts.append(f'    {kind}:\n      cpu: "1"\n      memory: 2Gi\n')
    for key in ("podSecurityContext", "containerSecurityContext", "affinity", "topologySpreadConstraints", "hpa"):
        parts += [told(f"{key}: empty takes what the chart has.") * 5, f"  {key}: {{}}\n"]
    if name == "workers":  # the only one that there may be several of
        _, *of_one = "".join(parts).splitlines()
        parts = ["workers:\n  - name: default-worker\n    queues: default\n", *(f"  {line}\n" for line in of_one)]
    return "".join(parts) + "\n"


def values_file(chance: random.Random, one: Facts, shape: str) -> bytes:
    """A values file of one deployment."""
    found = entries(one)
    if shape == "short":
        rest = "workers:\n  - name: default-worker\n    queues: default\n    replicas: 2\n    env: []\n"
        text = f"# {one.team} / {one.env} / {one.name}\n{head(one)}{env_list(chance, found)}{rest}"
    elif shape == "trimmed":
        text = f"{head(one)}{env_list(chance, found)}\n" + "".join(component(name, False) for name in COMPONENTS)
    else:
        flow = ",".join(json.dumps({"name": name, "value": value}, separators=(",", ":")) for name, value in found)
        about = "".join(
            f"# Line {number} of what the download says about this agent's values.\n" for number in range(40)
        )
        text = f"{about}{head(one)}commonEnv: [{flow}]\n\n" + "".join(component(name, True) for name in COMPONENTS)
        text += "".join(
            f"#\n# {key}: what it is for, in words.\n# {key}:\n#   - name: {IO}PATH\n" for key in "abcdefgh"
        )
    if chance.random() < 0.02:
        text = text.replace("\n", "\r\n")
    data = text.encode()
    if chance.random() < 0.02:
        data = b"\xef\xbb\xbf" + data
    return data.rstrip(b"\r\n") if chance.random() < 0.05 else data


def other_file(chance: random.Random, number: int) -> str:
    """A manifest that has nothing to do with the agent."""
    keys = "".join(f'  key{at}: "{chance.getrandbits(64):x}"\n' for at in range(chance.randint(5, 60)))
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app{number}\ndata:\n{keys}"


def put(root: Path, file: str, data: bytes) -> None:
    """Write one file of a repo."""
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_bytes(data)


def plain(root: Path, chance: random.Random, count: int, full: int) -> dict[str, dict[str, object]]:
    """Deployments that are one file each; returns the truth about them by their id."""
    truth: dict[str, dict[str, object]] = {}
    for number in range(count):
        one = facts(chance, number)
        part = chance.random() * 100
        shape = "full" if part < full else "trimmed" if part < full + 40 else "short"
        file = f"clusters/{one.env}/{one.team}/{one.name}/values.yaml"
        put(root, file, values_file(chance, one, shape))
        truth[file] = one.truth()
    return truth


def layered(root: Path, chance: random.Random, count: int) -> dict[str, dict[str, object]]:
    """Deployments of three layers each, a thousand to a cluster; returns the truth about them by their id."""
    truth: dict[str, dict[str, object]] = {}
    put(root, ".rea-xcom-tui.toml", CONFIGURATION.encode())
    put(root, "base.yaml", f"xcomBackend: {BACKEND}\nsecretBackend: a.b.C\n".encode())
    for env in ENVIRONMENTS:
        put(root, f"environments/{env}.yaml", f"labels: {{env: {env}}}\nworkers:\n  - name: default\n".encode())
    for start in range(0, count, 1000):
        cluster, lines = f"c{start // 1000:03d}", ["agents:"]
        for number in range(start, min(start + 1000, count)):
            one = facts(chance, number)
            own = f"{one.name}-{one.env}.yaml"
            lines.append(f"  - {{name: {one.team}-{one.name}, env: {one.env}, values: {own}}}")
            text = f"{mapping('annotations', identity_annotations(one))}{env_list(chance, entries(one))}"
            put(root, f"clusters/{cluster}/{own}", text.encode())
            truth[f"clusters/{cluster}/agents.yaml#/agents/{number - start}"] = one.truth()
        put(root, f"clusters/{cluster}/agents.yaml", ("\n".join(lines) + "\n").encode())
    return truth


def git(root: Path, *words: str) -> None:
    """Run git in a repo, as nobody in particular."""
    who = ("-c", "user.name=Fleet", "-c", "user.email=fleet@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, stdout=subprocess.DEVNULL)


def make(
    folder: Path, deployments: int, others: int, *, full: int = 15, layers: bool = False, seed: int = 2026
) -> Path:
    """Make a fleet in a new folder, unless it is there already; returns the repo."""
    root = folder / "repo"
    if (folder / "truth.json").exists():
        return root
    chance = random.Random(seed)
    truth = layered(root, chance, deployments) if layers else plain(root, chance, deployments, full)
    for number in range(others):
        kind = ("deployment", "values", "configmap")[number % 3]
        put(
            root,
            f"apps/{ENVIRONMENTS[number % 4]}/app{number // 3:05d}/{kind}.yaml",
            other_file(chance, number).encode(),
        )
    git(root, "init", "-q", "-b", "main")
    for name, value in (("user.name", "Fleet"), ("user.email", "fleet@example.com"), ("core.autocrlf", "false")):
        git(root, "config", name, value)
    git(root, "config", "gc.auto", "0")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Import the fleet")
    (folder / "truth.json").write_text(json.dumps(truth))
    return root


def main() -> None:
    """Make one fleet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--deployments", type=int, default=1000)
    parser.add_argument("--others", type=int, default=2000)
    parser.add_argument("--full", type=int, default=15, help="so many of a hundred files are of full size")
    parser.add_argument("--layered", action="store_true")
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    root = make(asked.dir, asked.deployments, asked.others, full=asked.full, layers=asked.layered, seed=asked.seed)
    print(f"{asked.deployments} deployments and {asked.others} other files in {root}")


if __name__ == "__main__":
    main()
