"""What a values file tells about the versions of Airflow and the agent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from rea_xcom_tui.xcom.airflow import Version
from rea_xcom_tui.xcom.chart_entries import Component
from rea_xcom_tui.xcom.model import Node

_AGENT_IN_TAG = re.compile(r"astro-agent-(\d+(?:\.\d+)+)", re.ASCII)
_RUNTIME = re.compile(r"(?:astro-remote-execution-agent|astro-runtime|runtime):(\d+\.\d+)-\d+", re.ASCII)
_RUNTIME_BEFORE_AGENT = re.compile(r":(\d+\.\d+)-\d+-python-[\d.]+-astro-agent-", re.ASCII)
_HEADER_LINES = 12
_SENTINEL = re.compile(r"astro-remote-execution-sentinel:(\d+(?:\.\d+)+)", re.ASCII)
IN_HEADER = re.compile(r"\bagent(?:\s+version)?:?\s+v?(\d+\.\d+\.\d+)", re.ASCII | re.IGNORECASE)


def header(text: str) -> str:
    """The comment lines a file starts with; a downloaded file names its chart and agent version there."""
    if not text.startswith("#"):
        return ""
    lines = text.split("\n", _HEADER_LINES)[:_HEADER_LINES]
    return "\n".join([line.strip() for line in takewhile(lambda line: line[:1] == "#", lines)])


def versions(root: Node, of_parts: tuple[Version, Version], header: str = "") -> tuple[Version, Version]:
    """Airflow's version (major and minor) and the agent's, each None where the file does not say.

    The agent's image is tagged `<runtime>-python-<python>-astro-agent-<agent>`, where an Astro Runtime 3.x has
    the major and minor version of its Airflow; the sentinel's tag is the agent's version. An image of the
    user's own tells only what its tag carries over. The header comment comes last, as it is from the day of
    the download. `of_parts` is what the images of the tree's components tell.
    """
    image = root.get("image")
    airflow, agent = _of_image(image.value) if image is not None and isinstance(image.value, str) else (None, None)
    if airflow is None or agent is None:
        airflow, agent = airflow or of_parts[0], agent or of_parts[1]
    told = IN_HEADER.search(header) if agent is None and header else None
    if airflow is not None and airflow[0] < 3:
        airflow = None
    return airflow, agent or (_numbers(told[1]) if told else None)


@lru_cache(maxsize=1024)
def _of_image(image: str) -> tuple[Version, Version]:
    runtime = _RUNTIME_BEFORE_AGENT.search(image) or _RUNTIME.search(image)
    tagged = _AGENT_IN_TAG.search(image) or _SENTINEL.search(image)
    return (_numbers(runtime[1]) if runtime else None), (_numbers(tagged[1]) if tagged else None)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:4])


def versions_of_parts(root: Node, parts: Sequence[Component]) -> tuple[Version, Version]:
    """What the images of a tree's components, which are `parts`, tell."""
    airflow = agent = None
    for holder in (*[holder for holder, _, _, shadowed in parts if not shadowed], root.get("sentinel")):
        image = holder.get("image") if holder is not None and holder.kind == "mapping" else None
        if image is not None and isinstance(image.value, str):
            runtime, tagged = _of_image(image.value)
            airflow, agent = airflow or runtime, agent or tagged
    return airflow, agent
