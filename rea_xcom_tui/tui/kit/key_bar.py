"""The keys that matter now, on the last line of a screen."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Any

from textual import events
from textual.binding import Binding

from rea_xcom_tui.tui.keys.commands import WRITING
from rea_xcom_tui.tui.kit.styled_lines import Bar, Span, line_width

if TYPE_CHECKING:
    from textual.screen import Screen

    from rea_xcom_tui.tui.keys.commands import Command


class KeyBar(Bar):
    """Shows the keys of the focused widget and its screen; a click presses one.

    One painted line: Textual's own footer makes a widget of each key, all of them again whenever the focus changes,
    which cost more than the rest of opening a small screen.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyBar { dock: bottom; background: $panel; color: $footer-foreground; }
    """

    def __init__(self, *, palette: bool = True) -> None:
        super().__init__()
        self._palette = palette
        self._keys: list[tuple[int, int, str]] = []
        """Where each key on the left begins and ends, and which it is."""
        self._palette_key = ""

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[Any]) -> None:
        if screen.app.app_focus and self.is_attached and screen is self.screen:
            self.call_after_refresh(self._read)

    def on_resize(self) -> None:
        """A narrow screen has no room for the palette's key."""
        self.call_after_refresh(self._read)

    def _read(self) -> None:
        if not self.is_attached:
            return  # the screen was left before it was drawn again
        right = self._palette_words()
        room = self.content_size.width - line_width(right) - bool(right)
        shown = [(self._key(binding, enabled), binding) for binding, enabled in self._shown()]
        # What follows a prefix is not a binding of Textual's; a screen may name such a command where it is near at
        # hand.
        chord: Command | None = getattr(self.screen, "chord", None)
        if chord is not None and shown:
            prefix, key = chord.chords[0]
            pressed = Binding(f"{prefix} {key}", chord.action, chord.footer)
            shown.insert(1, ([(chord.shown, "key"), (f" {chord.footer}", "words")], pressed))
        gap = 2 if sum(line_width(spans) + 2 for spans, _ in shown) <= room else 1
        while len(shown) > 1 and sum(line_width(spans) + gap for spans, _ in shown) - gap > room:
            # Help leads to all the others, and Esc is the way out, so both stay; of the rest, the last gives way first.
            rest = [at for at, (_, binding) in enumerate(shown) if binding.action != "help" and binding.key != "escape"]
            shown.pop(rest[-1] if rest else -1)
        left: list[Span] = []
        self._keys = []
        for spans, binding in shown:
            if left:
                left.append((" " * gap, ""))
            start = line_width(left)
            left += spans
            self._keys.append((start, line_width(left), binding.key))
        self.show(left, right)

    def _shown(self) -> Iterator[tuple[Binding, bool]]:
        """The bindings to show, the first one of each action; a screen may name in `idle` commands of no use now."""
        seen: set[str] = set()
        idle: Container[str] = getattr(self.screen, "idle", ())
        writing: Container[str] = WRITING if getattr(self.app, "writes_nothing", False) else ()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id in idle or binding.id in writing:
                continue
            if binding.show and binding.action not in seen:
                seen.add(binding.action)
                yield binding, active.enabled

    def _key(self, binding: Binding, enabled: bool) -> list[Span]:
        key, words = ("key", "words") if enabled else ("quiet", "quiet")
        said = getattr(self.screen, "worded", {}).get(binding.action, binding.description)  # as it is right now
        return [(self.app.get_key_display(binding), key), (f" {said}", words)]

    def _palette_words(self) -> list[Span]:
        active = self.screen.active_bindings.get(self.app.COMMAND_PALETTE_BINDING)
        if active is None or not self._palette or self.screen.size.width < 100:  # no room
            self._palette_key = ""
            return []
        self._palette_key = active.binding.key
        return [("▏", "edge"), *self._key(active.binding, active.enabled)]

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        event.stop()
        at = event.x - self.gutter.left
        if self._palette_key and at >= self.content_size.width - line_width(self._palette_words()):
            self.app.simulate_key(self._palette_key)
            return
        for start, end, key in self._keys:
            if start <= at < end:
                for one in key.split(" "):
                    self.app.simulate_key(one)
