"""Cloud stores without a cloud: the real filesystem classes, with their bytes kept in memory.

Everything up to the request itself stays Airflow's and the cloud library's own: how an address is split, which
key it becomes, what is joined to it. Only the calls that would reach the network are answered from a dict.
"""

from __future__ import annotations

import importlib
import io
from typing import Any


class _Upload(io.BytesIO):
    """A file being written: its bytes reach the store when it is closed, as with a cloud."""

    def __init__(self, files: dict[str, bytes], key: str) -> None:
        super().__init__()
        self._files = files
        self._key = key

    def close(self) -> None:
        """Keep the bytes, once."""
        if not self.closed:
            self._files[self._key] = self.getvalue()
        super().close()


def stand_in_class(real: type[Any], files: dict[str, bytes]) -> type[Any]:
    """Return a subclass of the filesystem class `real` that keeps its objects in `files`, by key."""
    plain = importlib.import_module("fsspec.spec").AbstractFileSystem

    def start(self: Any, *_args: object, **_options: object) -> None:
        plain.__init__(self, skip_instance_cache=True)

    def key_of(self: Any, path: str) -> str:
        return str(self._strip_protocol(path))

    def exists(self: Any, path: str, **_options: object) -> bool:
        key = key_of(self, path)
        return key in files or any(name.startswith(key.rstrip("/") + "/") for name in files)

    def info(self: Any, path: str, **_options: object) -> dict[str, object]:
        key = key_of(self, path)
        if key in files:
            return {"name": key, "size": len(files[key]), "type": "file"}
        if exists(self, path):
            return {"name": key, "size": 0, "type": "directory"}
        raise FileNotFoundError(path)

    def make_folder(_self: Any, _path: str, *_args: object, **_options: object) -> None:
        """Object stores have no folders."""

    def open_file(_self: Any, path: str, mode: str = "rb", **_options: object) -> io.BytesIO:
        if "r" not in mode:
            return _Upload(files, path)
        if path not in files:
            raise FileNotFoundError(path)
        return io.BytesIO(files[path])

    replaced = {
        "__init__": start, "cachable": False, "exists": exists, "info": info, "mkdir": make_folder,
        "makedirs": make_folder, "_open": open_file,
    }  # fmt: skip
    return type(real.__name__, (real,), replaced)
