"""Logging in to a cluster with the user's kubeconfig, in a process that has a screen to lose.

Kubeconfigs of EKS, GKE and AKS name a program that prints a token. It runs here as it does for kubectl: the user has
chosen the context, and the program is the user's own. But it gets no terminal, from which it could take keys and on
which it could write over the screen, and a time limit; and why it failed is reported, which the client only logs before
it goes on without a token.
"""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean

if TYPE_CHECKING:
    from kubernetes.client import CoreV1Api

_PATIENCE = 30
"""Seconds for the program of a kubeconfig; one that asks a person for something never ends here."""


def connect(context: str | None) -> CoreV1Api:
    """A client for the cluster of a kubeconfig context. Raises `ToolError` with one sentence."""
    try:
        from kubernetes import client, config
        from kubernetes.config import ConfigException
    except ImportError as error:
        raise ToolError(
            "reading from a cluster needs the Kubernetes client, which is not installed; install it with "
            "`pip install 'rea-xcom-tui[kubernetes]'`, or compare with exported files (--releases DIR)"
        ) from error
    make: Any = config.new_client_from_config  # it has no annotations
    try:
        with _without_terminal() as problems:
            api = client.CoreV1Api(make(context=context))
    except (ConfigException, OSError, ValueError) as error:
        raise ToolError(f"the kubeconfig cannot be used: {clean(error, 200)}") from error
    if problems:
        raise ToolError(f"logging in as the kubeconfig says has failed: {problems[0]}; log in, then compare again")
    return api


@contextmanager
def _without_terminal() -> Iterator[list[str]]:
    """Run the programs of kubeconfigs without a terminal meanwhile; gives what went wrong with them."""
    from kubernetes.config import ConfigException, exec_provider, kube_config

    client: Any = kube_config
    problems: list[str] = []

    class Provider(exec_provider.ExecProvider):
        def run(self, previous_response: object = None) -> Any:
            try:
                return _run(self.args, self.env, self.cwd, self.api_version)
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                problems.append(clean(error, 200))
                raise ConfigException(problems[-1]) from error

    usual, client.ExecProvider = client.ExecProvider, Provider
    logging.disable()  # the client logs the same on the screen
    try:
        yield problems
    finally:
        logging.disable(logging.NOTSET)
        client.ExecProvider = usual


def _run(command: list[str], env: dict[str, str], folder: str | None, version: str) -> Any:
    """What a program of a kubeconfig says: the status of an ExecCredential. Raises `ValueError` with one sentence."""
    info = {"apiVersion": version, "kind": "ExecCredential", "spec": {"interactive": False}}
    name = clean(command[0])
    try:
        ran = subprocess.run(
            command,
            env={**env, "KUBERNETES_EXEC_INFO": json.dumps(info)},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"{name} has not answered within {_PATIENCE} seconds") from None
    if ran.returncode != 0:
        said = ran.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ValueError(f"{name} ended with {ran.returncode}" + (f" ({clean(said[-1], 120)})" if said else ""))
    try:
        status = json.loads(ran.stdout)["status"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{name} printed no credential") from None
    return status
