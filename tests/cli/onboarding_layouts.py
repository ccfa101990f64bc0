"""Small fleets of each layout with two agents, `growth-etl` and `growth-ml`, for new deployments beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

from tests.fleet.test_layered import CONFIG
from tests.fleet.test_layered import FILES as MANIFEST
from tests.work import values

NAMES = ("etl", "ml")
FULL = Path(__file__).resolve().parents[2] / "sample_repos/aws-fleet/agents/prod/shipping.yaml"


def agent(name: str, team: str = "growth", env: str = "prod") -> str:
    """The values of one agent."""
    return values(
        f"{team}-{name}",
        path=f"s3://aws_xcom@{team}-{env}-xcom/{name}",
        threshold="0",
        role=f"arn:aws:iam::222233334444:role/{team}-{env}",
    )


def connected(files: dict[str, str]) -> dict[str, str]:
    """The same fleet, where each agent defines the connection that its path names."""
    first = re.compile(r"^( *)commonEnv:\n( *)- name", re.MULTILINE)
    value = '{"conn_type": "aws"}'
    entry = rf"\1commonEnv:\n\2- name: AIRFLOW_CONN_AWS_XCOM\n\2  value: '{value}'\n\2- name"
    return {file: first.sub(entry, text) for file, text in files.items()}


def download(prefix: str = "astro") -> str:
    """What the vendor hands out for an agent: every key with its comments, the Deployment's ids, no XCom but a class.

    It is the sample that has the shape of a download, with what its owners have filled in taken out again.
    """
    text = FULL.read_text("utf-8").replace("resourceNamePrefix: shop-shipping", f"resourceNamePrefix: {prefix}")
    text = re.sub(r",\{\"name\":\"(?:AWS_|AIRFLOW_)[^\n]*(?=\]\n)", "", text)
    return re.sub(r"^annotations:\n  eks[^\n]*$", "annotations: {}", text, flags=re.MULTILINE)


CHART = "repo: https://helm.astronomer.io\nchart: astro-remote-execution-agent\nversion: 2.0.0\n"
FLUX_CLUSTER = (
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: agents\n"
    "  namespace: flux-system\nspec:\n  path: ./apps/prod\n  prune: true\n"
    "  sourceRef: {kind: GitRepository, name: flux-system}\n"
)


def application(name: str) -> str:
    """An Application that takes its values from a file of the repo."""
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata:\n  name: growth-{name}  # the agent\n  namespace: argocd\n"
        "spec:\n  project: agents\n  destination: {server: https://prod.example, namespace: "
        f"growth-{name}-ns}}\n  sources:\n  - chart: astro-remote-execution-agent\n"
        f"    repoURL: https://helm.astronomer.io\n    targetRevision: 2.0.0\n    helm:\n"
        f"      valueFiles:\n      - $own/values/prod/growth/{name}.yaml\n"
        "  - repoURL: https://git.example/fleet.git\n    ref: own\n"
    )


def appset(generator: str, file: str) -> str:
    """An ApplicationSet whose Applications take their values from a file of the repo."""
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: agents, namespace: argocd}\n"
        f"spec:\n  goTemplate: true\n  generators:\n{indent(generator, '    ')}"
        "  template:\n    metadata:\n      name: 'growth-{{ .name }}'\n    spec:\n      project: agents\n"
        "      destination: {server: https://prod.example, namespace: 'growth-{{ .name }}-ns'}\n      sources:\n"
        "      - chart: astro-remote-execution-agent\n        repoURL: https://helm.astronomer.io\n"
        f"        targetRevision: 2.0.0\n        helm:\n          valueFiles: ['{file}']\n"
        "      - repoURL: https://git.example/fleet.git\n        ref: own\n"
    )


def release(name: str) -> str:
    """A HelmRelease of Flux with its values in it."""
    return (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
        f"metadata:\n  name: growth-{name}\n  namespace: growth-{name}-ns\nspec:\n  interval: 10m\n"
        "  chart:\n    spec:\n      chart: astro-remote-execution-agent\n      version: 2.0.0\n"
        "      sourceRef: {kind: HelmRepository, name: astronomer}\n"
        f"  values:\n{indent(agent(name), '    ')}"
    )


def each(make: Callable[[str], dict[str, str]], *more: dict[str, str]) -> dict[str, str]:
    """The files of both agents, and others."""
    found: dict[str, str] = {}
    for part in (*map(make, NAMES), *more):
        found.update(part)
    return found


def _own(name: str) -> dict[str, str]:
    return {f"values/prod/growth/{name}.yaml": agent(name)}


PLAIN = {f"clusters/prod/growth/{name}/values.yaml": agent(name) for name in (*NAMES, "crm")}
LAYOUTS: dict[str, dict[str, str]] = {
    "values": PLAIN,
    "argocd": each(lambda name: {**_own(name), f"argocd/prod/growth-{name}.yaml": application(name)}),
    "argocd in one file": each(_own, {"argocd/prod.yaml": "---\n".join(map(application, NAMES))}),
    "applicationset of a list": each(
        _own,
        {
            "argocd/prod/agents.yaml": appset(
                "- list:\n    elements:\n    - name: etl\n      tier: small\n    - name: ml\n      tier: large\n",
                "$own/values/prod/growth/{{ .name }}.yaml",
            )
        },
    ),
    "applicationset of files": each(
        lambda name: {
            f"agents/prod/growth/{name}/config.yaml": f"name: {name}\n",
            f"agents/prod/growth/{name}/values.yaml": agent(name),
        },
        {
            "argocd/prod/agents.yaml": appset(
                "- git:\n    repoURL: https://git.example/fleet.git\n    revision: main\n    files:\n"
                "    - path: agents/prod/growth/*/config.yaml\n",
                "$own/{{ .path.path }}/values.yaml",
            )
        },
    ),
    "flux": each(
        lambda name: {
            f"apps/prod/growth-{name}/kustomization.yaml": "resources:\n  - release.yaml\n",
            f"apps/prod/growth-{name}/release.yaml": release(name),
        },
        {
            "clusters/prod/agents.yaml": FLUX_CLUSTER,
            "apps/prod/kustomization.yaml": "resources:\n  - growth-etl\n  - growth-ml\n",
        },
    ),
    "rancher": each(
        lambda name: {
            f"fleet/prod/growth-{name}/fleet.yaml": f"defaultNamespace: growth-{name}-ns\nhelm:\n"
            f"  releaseName: growth-{name}\n{indent(CHART, '  ')}  valuesFiles:\n    - values.yaml\n"
            "targetCustomizations:\n  - name: prod\n    clusterName: prod-eu\n",
            f"fleet/prod/growth-{name}/values.yaml": agent(name),
        },
    ),
    "umbrella": {
        "charts/prod/growth/Chart.yaml": "apiVersion: v2\nname: growth\nversion: 0.1.0\ndependencies:\n"
        + "".join(
            f"  - name: astro-remote-execution-agent\n    alias: growth-{name}\n    version: 2.0.0\n"
            f"    repository: https://helm.astronomer.io\n    condition: growth-{name}.enabled\n"
            for name in NAMES
        ),
        "charts/prod/growth/values.yaml": "# A section for each agent.\n"
        + "".join(f"growth-{name}:\n  enabled: true\n{indent(agent(name), '  ')}\n" for name in NAMES),
    },
    "terraform": each(
        _own,
        {
            "prod.tf": "# The agents of prod.\n"
            + "\n".join(
                f'resource "helm_release" "growth_{name}" {{\n  name       = "growth-{name}"\n'
                f'  namespace  = "growth-{name}-ns"\n  repository = "https://helm.astronomer.io"\n'
                '  chart      = "astro-remote-execution-agent"\n  version    = "2.0.0"\n'
                f'  values     = [file("${{path.module}}/values/prod/growth/{name}.yaml")]\n}}\n'
                for name in NAMES
            )
        },
    ),
    "helmfile": each(
        _own,
        {
            "helmfile.yaml": "releases:\n"
            + "".join(
                f"  - name: growth-{name}\n    namespace: growth-{name}-ns\n"
                "    chart: astronomer/astro-remote-execution-agent\n"
                f"    values:\n      - values/prod/growth/{name}.yaml\n"
                for name in NAMES
            )
        },
    ),
    "kustomize": each(
        lambda name: {
            f"clusters/prod/growth/{name}/values.yaml": agent(name),
            f"clusters/prod/growth/{name}/kustomization.yaml": "helmCharts:\n  - name: astro-remote-execution-agent\n"
            f"    repo: https://helm.astronomer.io\n    version: 2.0.0\n    releaseName: growth-{name}\n"
            f"    namespace: growth-{name}-ns\n    valuesFile: values.yaml\n",
        },
        {"clusters/prod/kustomization.yaml": "resources:\n  - growth/etl\n  - growth/ml\n"},
    ),
    "manifest": {
        ".rea-xcom-tui.toml": CONFIG,
        "base.yaml": MANIFEST["base.yaml"],
        "clusters/eu/agents.yaml": "agents:\n"
        "  - {name: growth-etl, env: prod, values: etl.yaml}\n  - {name: growth-ml, env: prod, values: ml.yaml}\n",
        **{f"clusters/eu/{name}.yaml": agent(name) for name in NAMES},
    },
}
CONNECTED: dict[str, dict[str, str]] = {f"{name}, connected": connected(files) for name, files in LAYOUTS.items()}
