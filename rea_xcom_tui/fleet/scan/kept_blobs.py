"""What many of git's blobs said as values files, from the cache where it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress

from rea_xcom_tui.fleet.model import Item
from rea_xcom_tui.fleet.scan.answers import name_of
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, Keys
from rea_xcom_tui.fleet.scan.gc_paused import no_collection
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import from_record, to_record
from rea_xcom_tui.user.cached import cache_path

MANY = 50
"""From so many on it is worth asking the cache."""

File = tuple[str, str]
"""A path and the blob there."""


def known_or_read(
    contents: Mapping[File, bytes], reading: Reading, read: Callable[[str, bytes], Item]
) -> Iterator[tuple[File, Item]]:
    """What each file said, by `read` where it is not known yet; that is kept."""
    keys = Keys(reading)
    # By what git hands out, which is another blob's where a ref replaces this one, and apart from what a scan keeps.
    named = {keys.key(one[0], name_of(data).hex(), -2): one for one, data in contents.items()}
    day = reading.today.toordinal()
    left = dict(named)
    with closing(Cache(cache_path())) as cache, cache.filling(day) as keep:
        with no_collection():
            for key, record in cache.get(named, day):
                with suppress(ValueError):  # a damaged record
                    yield named[key], from_record(record)
                    del left[key]
        for key, one in left.items():
            item = read(one[0], contents[one])
            keep(key, Kept(to_record(item)))
            yield one, item
