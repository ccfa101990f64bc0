"""A configuration as it was checked before: importing what checks it takes longer than printing what is kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from rea_xcom_tui import __version__, user
from rea_xcom_tui.fleet.scan.answers import name_of
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, installed
from rea_xcom_tui.user.cached import cache_path
from rea_xcom_tui.user.config import load_config, repo_file, user_file
from rea_xcom_tui.user.settings import Config

_MODELS = ("config_models.py", "layout_models.py")
"""What checks a configuration."""


def kept_config(root: Path) -> Config:
    """What `load_config` says, which is kept for as long as the same files say the same. Raises `ToolError` as it does.

    What is wrong with a configuration is said anew each time.
    """
    place = cache_path()
    files = [file for file in (user_file(), repo_file(root)) if place is not None and file.is_file()]
    if not files:
        return load_config(root)
    try:
        name = _name(files)
    except OSError:
        return load_config(root)
    day = date.today().toordinal()
    with closing(Cache(place)) as cache:
        for _, record in cache.get([name], day):
            with suppress(ValueError):  # of another shape
                return msgspec.msgpack.decode(record, type=Config, dec_hook=_decoded)
        config = load_config(root)
        with suppress(OSError, ValueError, TypeError, OverflowError):
            record = msgspec.msgpack.encode(config, enc_hook=_encoded)
            same = msgspec.msgpack.decode(record, type=Config, dec_hook=_decoded) == config
            if same and _name(files) == name:  # they have not changed while they were read
                cache.put({name: Kept(record)}, day)
    return config


def _name(files: Sequence[Path]) -> bytes:
    """A name for the files, what they say, and what checks that."""
    models = [os.stat(os.path.join(path, model)) for path in user.__path__ for model in _MODELS]
    by = repr((__version__, installed("pydantic"), [(one.st_size, one.st_mtime_ns) for one in models]))
    said = [part for file in files for part in (os.fsencode(file), file.read_bytes())]
    return name_of(b"config", by.encode("utf-8", "surrogateescape"), *said)


def _encoded(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


def _decoded(wanted: type, value: Any) -> Any:
    if issubclass(wanted, Path):
        return wanted(value)
    raise ValueError(wanted.__name__)
