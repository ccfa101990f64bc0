"""Values files and the Applications that layer them, for repos of layers."""

from __future__ import annotations

from tests.work import IO

CHART = "astro-remote-execution-agent"


def env(path: str, threshold: str = "1024") -> str:
    """A layer that sets where XComs go, and from which size on."""
    return (
        f"commonEnv:\n  - name: {IO}PATH\n    value: s3://{path}\n  - name: {IO}THRESHOLD\n    value: '{threshold}'\n"
    )


def application(name: str, *files: str) -> str:
    """An Application of the chart with these values files of its own repo, the weakest first."""
    listed = "".join(f"        - $values/{file}\n" for file in files)
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}}}
spec:
  destination: {{name: eu, namespace: {name}}}
  sources:
    - repoURL: https://charts.example.com
      chart: {CHART}
      helm:
        valueFiles:
{listed}    - {{repoURL: 'https://git.example.com/gitops.git', ref: values}}
"""
