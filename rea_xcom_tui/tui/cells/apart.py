"""Telling deployments of one name apart: in as few words as it takes, beside the name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.kit.fit import harmless


def tell_apart(rows: Iterable[Row]) -> None:
    """Give each row whose name and environment another row has as well the words that tell it from that one."""
    alike: dict[tuple[str, str | None], list[Row]] = {}
    for row in rows:
        if row.deployment is not None:
            alike.setdefault((row.deployment.name, row.deployment.env), []).append(row)
        row.apart = ""
    for group in alike.values():
        if len(group) > 1:
            for row, words in zip(group, _words([row.deployment for row in group if row.deployment]), strict=True):
                row.apart = harmless(words)
                row.changed()


def _words(sources: Sequence[Deployment]) -> list[str]:
    """What differs among deployments of one name: their clusters, their namespaces, or where their files lie."""
    for values in ([source.cluster for source in sources], [source.namespace for source in sources]):
        texts = [value or "" for value in values]
        if len(set(texts)) == len(texts):
            return texts
    parts = [source.id.split("/") for source in sources]
    shortest = min(map(len, parts))
    before = next((at for at in range(shortest) if len({part[at] for part in parts}) > 1), shortest)
    after = next((at for at in range(shortest - before) if len({part[-1 - at] for part in parts}) > 1), 0)
    return ["/".join(part[before : len(part) - after]) for part in parts]
