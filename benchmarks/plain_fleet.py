"""A repo of plain agent values files among other YAML files, for benchmarks.

Files have the sizes that real ones have: short ones of 1 KB, those of 4 KB that were trimmed, and those of 30 KB
as the vendor hands them out, of which two thirds are comments that repeat key names. Teams, paths, identities and
connections differ, indents, quotes and line ends vary; sections that nobody touches are the same in many files.
"""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
IO = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
ENVS = ("dev", "staging", "prod", "dr")
_PARTS = ("dagProcessor", "triggerer", "sentinel", "loggingSidecar", "openLineage")


def make(folder: Path, deployments: int, others: int, *, full: int = 15, seed: int = 7) -> Path:
    """Write the repo to `folder`, committed, and return it; `full` is the percentage of files of full size."""
    choose = random.Random(seed)
    for number in range(deployments):
        team, env, name = f"team{number // 16:04d}", ENVS[number % 4], f"etl{number // 4:05d}"
        file = folder / "clusters" / env / team / name / "values.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(values(choose, number, team, env, name, full))
    for number in range(others):
        name = ("deployment", "values", "configmap")[number % 3]
        file = folder / "apps" / ENVS[number % 4] / f"app{number // 3:05d}" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        data = "".join(f'  key{key}: "{choose.getrandbits(64):x}"\n' for key in range(choose.randint(5, 60)))
        file.write_text(f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app{number}\ndata:\n{data}")
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "Import the fleet"]):
        git(folder, *command)
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git in the repo, whoever the user is."""
    who = ("-c", "user.name=Fleet", "-c", "user.email=fleet@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, stdout=subprocess.DEVNULL)


def values(choose: random.Random, number: int, team: str, env: str, name: str, full: int) -> bytes:
    """One values file."""
    entries, labels, notes = _settings(choose, number, team, env, name)
    dash = choose.choice(("", "  "))
    common = "".join(_entry(choose, dash, key, value) for key, value in entries)
    parts = [
        f"# {team} / {env} / {name}\nresourceNamePrefix: {team}-{name}\nnamespace: {team}-{env}\n",
        f"xcomBackend: {_quoted(choose, BACKEND)}\nsecretBackend: airflow.secrets.local_filesystem.Backend\n",
        f"commonEnv:\n{common}",
        _mapping("labels", labels),
        _mapping("annotations", notes),
        "workers:\n  - name: default-worker\n    queues: default\n    replicas: 2\n    env: []\n",
    ]
    size = choose.random() * 100
    if size < full + 40:
        parts += [_section(part, comments=size < full) for part in _PARTS]
    text = "\n".join(parts)
    if choose.random() < 0.02:
        text = text.replace("\n", "\r\n")
    return text.encode()


def _settings(
    choose: random.Random, number: int, team: str, env: str, name: str
) -> tuple[list[tuple[str, str]], dict[str, str], dict[str, str]]:
    """The entries of commonEnv, the labels and the annotations of one deployment."""
    cloud = choose.choices(("aws", "azure", "gcp"), (5, 3, 2))[0]
    entries = [("ASTRO_ORGANIZATION_ID", f"org{number % 7}"), ("ASTRO_DEPLOYMENT_ID", f"dep{number:06d}")]
    labels: dict[str, str] = {}
    if cloud == "aws":
        conn = choose.choice(("", "aws_xcom@"))
        path = f"s3://{conn}{team}-{env}-xcom/{name}"
        account = (number * 7919 + 123456789) % 10**12
        notes = {"eks.amazonaws.com/role-arn": f"arn:aws:iam::{account:012d}:role/{team}AgentRole"}
        if conn:
            region = {"conn_type": "aws", "extra": {"region_name": "eu-west-1"}}
            entries.append(("AIRFLOW_CONN_AWS_XCOM", json.dumps(region)))
    elif cloud == "azure":
        client, path = f"{number:08x}-0000-4000-8000-{number:012x}", f"abfs://wasb_xcom@xcom/{name}"
        extra = {"anon": False, "account_name": f"{team}{env}", "managed_identity_client_id": client}
        found = {"conn_type": "azure", "login": f"{team}{env}", "extra": json.dumps(extra)}
        entries.append(("AIRFLOW_CONN_WASB_XCOM", json.dumps(found)))
        labels, notes = {"azure.workload.identity/use": '"true"'}, {"azure.workload.identity/client-id": client}
    else:
        path = f"gs://{team}-{env}-xcom/{name}"
        notes = {"iam.gke.io/gcp-service-account": f"xcom-{env}@{team}-project.iam.gserviceaccount.com"}
    threshold = {"prod": 0, "dr": 0}.get(env, 1048576) if choose.random() < 0.93 else choose.choice((-1, 4096))
    entries += [(f"{IO}PATH", path), (f"{IO}THRESHOLD", str(threshold)), (f"{IO}COMPRESSION", "zip")]
    return entries, labels, notes


def _entry(choose: random.Random, dash: str, key: str, value: str) -> str:
    text = f"'{value}'" if value.startswith("{") else json.dumps(value) if key.endswith("THRESHOLD") else ""
    note = "  # values of this size and more" if key.endswith("THRESHOLD") and choose.random() < 0.5 else ""
    return f"{dash}- name: {key}\n{dash}  value: {text or _quoted(choose, value)}{note}\n"


def _quoted(choose: random.Random, text: str) -> str:
    return choose.choice((json.dumps(text), f"'{text}'", text))


def _mapping(key: str, items: dict[str, str]) -> str:
    return f"{key}:\n" + "".join(f"  {name}: {value}\n" for name, value in items.items()) if items else f"{key}: {{}}\n"


def _section(part: str, *, comments: bool) -> str:
    lines = [f"{part}:", "  enabled: true", "  replicas: 2", "  env: []", "  nodeSelector: {}", "  tolerations: []"]
    for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
        lines += [f"  {kind}:", "    enabled: true", "    initialDelaySeconds: 10", "    periodSeconds: 60"]
    for kind in ("requests", "limits"):
        lines += ["  resources:"] * (kind == "requests") + [f"    {kind}:", '      cpu: "1"', "      memory: 2Gi"]
    if not comments:
        return "\n".join(lines) + "\n"
    words = ("# -- What it is for, and what happens where it is left out.", "# @default -- `{}`, see xcomBackend above")
    return (
        "\n".join(f"  {word}\n" * 3 + f"{line}" for line in lines for word in words[:1])
        + "\n"
        + ("\n".join(f"  # {line}  # {words[1]}" for line in lines * 5) + "\n")
    )
