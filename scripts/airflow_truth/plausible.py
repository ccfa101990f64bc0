"""Plausible values: settings as people write them, mistakes favoured, made anew from a seed.

A right value is taken and, more often than not, something happens to it that happens to people: quotes are kept, a
letter is lost, a blank comes along, a variable is left in. Nothing here is meant to break Airflow or a library: only
texts that somebody could paste into a values file are made.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence

from .cases import BACKEND, COMPRESSION, GOOGLE_IDENTITY, PATH, THRESHOLD, TMP, Case
from .plausible_words import (
    BACKENDS,
    BUCKETS,
    COMPRESSIONS,
    EXTRAS,
    IDS,
    MEMBERS,
    ODD_EXTRAS,
    PREFIXES,
    SCHEMES,
    SURROUNDINGS,
    THRESHOLDS,
    TYPES,
    URIS,
    VARIABLES,
    WHOLE_PATHS,
)

_DISK = f"file://{TMP}/x"

Make = Callable[[random.Random], Case]


def _slip(text: str, chance: random.Random) -> str:
    """What happens to a text on its way into a file."""
    place = chance.randrange(len(text) + 1)
    dots = text.split(".")
    slips: Sequence[str] = (
        f"'{text}'", f'"{text}"', f" {text}", f"{text} ", f"{text}\n", f"\t{text}", f"\u00a0{text}", f"{text}\u00a0",
        f"\ufeff{text}", f"\u200b{text}", text.upper(), text.lower(), text.capitalize(), text.swapcase(),
        text[:place] + text[place + 1 :], text[:place] + text[place : place + 1] * 2 + text[place + 1 :],
        text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :],
        text[1:], text[:-1], f"{text}.", f"{text},", f"{text};", f"${{{text}}}", f"$({text}", f"$({text})", f"<{text}>",
        f"$ {text}", f"${text}", f"{text} # why", f"{text}#why", text[:place] + "\n" + text[place:],
        text[:place] + chance.choice("-_. /:@$%~,;[]") + text[place:], text.replace("/", "//", 1),
        text.replace("_", "-"), text.replace("-", "_"), text.replace("://", ":/", 1), text.replace("://", ":", 1),
        text.replace("/", "\\"), f"$TEAM/{text}", text.replace("o", "0", 1), text.replace("o", "\u043e", 1),
        text.replace("l", "1", 1), ".".join(dots[1:]), ".".join(["apache", *dots]), ".".join(dots[:-1]),
        text.replace(".", "/"), text.replace(".", ":"), text * 2, f"value: {text}", f"[{text}]", f"{text}/",
    )  # fmt: skip
    return chance.choice(slips)


def _written(text: str, chance: random.Random, often: float = 0.6) -> str:
    return _slip(text, chance) if chance.random() < often else text


def _surroundings(chance: random.Random, often: float) -> dict[str, str]:
    return dict([chance.choice(SURROUNDINGS)]) if chance.random() < often else {}


def _threshold(chance: random.Random) -> Case:
    text = _written(chance.choice(THRESHOLDS), chance)
    return Case("threshold", text, {PATH: _DISK, THRESHOLD: text})


def _compression(chance: random.Random) -> Case:
    text = _written(chance.choice(COMPRESSIONS), chance)
    return Case("compression", text, {PATH: _DISK, THRESHOLD: "0", COMPRESSION: text})


def _backend(chance: random.Random) -> Case:
    text = _written(chance.choice(BACKENDS), chance)
    return Case("backend", text, {BACKEND: text})


def _path_text(chance: random.Random, often: float) -> str:
    if chance.random() < 0.1:
        return _written(chance.choice(WHOLE_PATHS), chance, often)
    conn = chance.choice(IDS) + "@" if chance.random() < 0.5 else ""
    text = f"{chance.choice(SCHEMES)}://{conn}{chance.choice(BUCKETS)}{chance.choice(PREFIXES)}"
    return _written(text, chance, often)


def _connections(path: str) -> dict[str, str]:
    """A right connection under every usual id that the path holds, of the cloud that the path is on."""
    scheme = path.strip().lower()
    extra: dict[str, object] = {}
    kind = "aws"
    if scheme.startswith(("abfs", "adl", "wasb")):
        kind, extra = "wasb", {"account_name": "acmexcom", "account_key": "bm90LXJlYWw="}
    elif scheme.startswith("g"):
        kind = "google_cloud_platform"
    text = json.dumps({"conn_type": kind, "extra": extra})
    return {f"AIRFLOW_CONN_{name.upper()}": text for name in IDS if name and name.lower() in scheme}


def _path(chance: random.Random) -> Case:
    text = _path_text(chance, 0.4)
    around = {**GOOGLE_IDENTITY, **_surroundings(chance, 0.25)}
    return Case("path", text, {THRESHOLD: "0", **around, **_connections(text), PATH: text})


def _json_connection(chance: random.Random) -> tuple[str, str]:
    cloud = chance.choice(tuple(EXTRAS))
    extra = dict(chance.choice(EXTRAS[cloud]) for _ in range(chance.randrange(5)))
    kinds = TYPES[cloud]
    data: dict[str, object] = {"conn_type": chance.choice(kinds) if chance.random() < 0.3 else kinds[0], "extra": extra}
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
        data.update([chance.choice(MEMBERS)])
    if chance.random() < 0.25:
        data["extra"] = chance.choice(
            (json.dumps(extra), json.dumps(extra), json.dumps(json.dumps(extra)), *ODD_EXTRAS)
        )
    return cloud, json.dumps(data)


def _connection(chance: random.Random) -> Case:
    if chance.random() < 0.6:
        text = _written(_json_connection(chance)[1], chance, 0.2)
    else:
        text = _written(chance.choice(URIS), chance, 0.4)
    return Case("connection", text, {chance.choice(VARIABLES): text}, {"conn_id": "xcom_store"})


def _store(chance: random.Random) -> Case:
    cloud, text = _json_connection(chance)
    if chance.random() < 0.15:
        text = chance.choice(URIS)
        cloud = "azure" if text[:2] in ("wa", "az") else "google_cloud_platform" if text[:1] == "g" else "aws"
    if chance.random() < 0.05:
        cloud = chance.choice(tuple(EXTRAS))
    path = {"aws": "s3", "azure": "abfs", "google_cloud_platform": "gs"}[cloud] + "://xcom_store@acme-xcom/etl"
    around = (GOOGLE_IDENTITY if cloud.startswith("google") else {}) | _surroundings(chance, 0.15)
    return Case("store", text, {PATH: path, THRESHOLD: "0", "AIRFLOW_CONN_XCOM_STORE": text, **around})


def _deployment(chance: random.Random) -> Case:
    path = _path_text(chance, 0.1)
    env = {
        THRESHOLD: _written(chance.choice(THRESHOLDS[:12]), chance, 0.1), **_connections(path), **GOOGLE_IDENTITY,
        **_surroundings(chance, 0.2), BACKEND: _written(chance.choice(BACKENDS[:9]), chance, 0.1), PATH: path,
    }  # fmt: skip
    if chance.random() < 0.5:
        env[THRESHOLD] = "0"
    if chance.random() < 0.6:
        env[COMPRESSION] = _written(chance.choice(COMPRESSIONS[:10]), chance, 0.1)
    if chance.random() < 0.3:
        cloud, text = _json_connection(chance)
        scheme = {"aws": "s3", "azure": "abfs", "google_cloud_platform": "gs"}[cloud]
        path = f"{scheme}://xcom_store@acme-xcom{chance.choice(PREFIXES)}"
        env |= {PATH: path, "AIRFLOW_CONN_XCOM_STORE": text}
    return Case("deployment", path, env)


_MAKERS: dict[str, tuple[Make, int]] = {
    "threshold": (_threshold, 12), "compression": (_compression, 8), "backend": (_backend, 12), "path": (_path, 28),
    "connection": (_connection, 20), "store": (_store, 12), "deployment": (_deployment, 12),
}  # fmt: skip
"""Each kind with how it is made and how many of a hundred are of it."""


def plausible_cases(seed: int, count: int) -> list[Case]:
    """`count` different questions (fewer only where a kind runs out of them), the same ones for the same seed."""
    return [case for kind in _MAKERS for case in _of_kind(kind, seed, count)]


def _of_kind(kind: str, seed: int, count: int) -> Iterator[Case]:
    make, share = _MAKERS[kind]
    chance = random.Random(f"{seed} {kind}")
    seen: set[str] = set()
    wanted = max(1, count * share // 100)
    for _ in range(wanted * 10):
        case = make(chance)
        key = json.dumps(case.as_data(), sort_keys=True)
        if "\x00" not in key and key not in seen:
            seen.add(key)
            yield case
        if len(seen) == wanted:
            return
