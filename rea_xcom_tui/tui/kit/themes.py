"""Themes of our own, beside those of Textual.

`dark` and `light` have one accent (blue: cursor, titles, keys, bars) and one colour for each thing that is told: amber
for what is edited, red for problems, violet for drift, green for what is good. The other two have as much contrast as a
terminal can give.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="dark",
    primary="#5aa9ff", secondary="#c99bf2", accent="#5aa9ff",
    warning="#e6b450", error="#ff7b85", success="#7fd49b",
    foreground="#d6dde6", background="#0f1318", surface="#171d25", panel="#1d2530", boost="#242d39",
    dark=True,
    variables={
        "text-muted": "#94a1b2", "text-disabled": "#7f8b9a", "foreground-muted": "#94a1b2",
        "text-primary": "#7cbcff", "text-secondary": "#cfa8f5", "text-accent": "#7cbcff",
        "text-warning": "#efc267", "text-error": "#ff8f98", "text-success": "#8fdcaa",
        "surface-lighten-1": "#222b37", "primary-darken-2": "#2f5f96", "panel-lighten-1": "#2a3442",
        "block-cursor-foreground": "#0f1318", "block-cursor-background": "#5aa9ff",
        "footer-key-foreground": "#7cbcff", "footer-description-foreground": "#c3ccd7",
        "input-selection-background": "#2f5f96", "border": "#5aa9ff", "border-blurred": "#3a4657",
        "scrollbar": "#3d4a5c", "scrollbar-hover": "#56677e", "scrollbar-active": "#5aa9ff",
        "scrollbar-background": "#151b22", "scrollbar-background-hover": "#151b22",
        "scrollbar-background-active": "#151b22", "scrollbar-corner-color": "#151b22",
    },
)  # fmt: skip

LIGHT = Theme(
    name="light",
    primary="#0b62c4", secondary="#7a35b5", accent="#0b62c4",
    warning="#8a5800", error="#b4232d", success="#1c7040",
    foreground="#1f2730", background="#fbfbf9", surface="#f3f3ef", panel="#e9eaea", boost="#e2e4e6",
    dark=False,
    variables={
        "text-muted": "#57616d", "text-disabled": "#66707c", "foreground-muted": "#57616d",
        "text-primary": "#0a57ae", "text-secondary": "#6d2fa3", "text-accent": "#0a57ae",
        "text-warning": "#7a4e00", "text-error": "#a51d27", "text-success": "#17613a",
        "surface-lighten-1": "#dfe6ee", "primary-darken-2": "#4d86c6", "panel-lighten-1": "#dde2e8",
        "block-cursor-foreground": "#ffffff", "block-cursor-background": "#0b62c4",
        "footer-key-foreground": "#0a57ae", "footer-description-foreground": "#38424d",
        "input-selection-background": "#b7d4f5", "border": "#0b62c4", "border-blurred": "#aab4bf",
        "scrollbar": "#b4bec9", "scrollbar-hover": "#97a4b2", "scrollbar-active": "#0b62c4",
        "scrollbar-background": "#eeeeea", "scrollbar-background-hover": "#eeeeea",
        "scrollbar-background-active": "#eeeeea", "scrollbar-corner-color": "#eeeeea",
    },
)  # fmt: skip

HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#ffff00", secondary="#00ffff", accent="#00ffff",
    warning="#ffd700", error="#ff8080", success="#80ff80",
    foreground="#ffffff", background="#000000", surface="#000000", panel="#000000", boost="#1a1a1a",
    dark=True, luminosity_spread=0.25, text_alpha=1.0,
    variables={
        "text-muted": "#ffffff", "text-disabled": "#d0d0d0", "foreground-muted": "#ffffff",
        "text-primary": "#ffff00", "text-secondary": "#00ffff", "text-accent": "#00ffff",
        "text-warning": "#ffd700", "text-error": "#ff8080", "text-success": "#80ff80",
        "surface-lighten-1": "#303030", "primary-darken-2": "#b0b000", "panel-lighten-1": "#303030",
        "block-cursor-foreground": "#000000", "block-cursor-background": "#ffff00",
        "footer-key-foreground": "#ffff00", "footer-description-foreground": "#ffffff",
        "input-selection-background": "#0060ff", "border": "#ffffff", "border-blurred": "#ffffff",
        "scrollbar": "#ffffff", "scrollbar-background": "#303030",
    },
)  # fmt: skip

HIGH_CONTRAST_LIGHT = Theme(
    name="high-contrast-light",
    primary="#0000c0", secondary="#600080", accent="#600080",
    warning="#703000", error="#a00000", success="#005000",
    foreground="#000000", background="#ffffff", surface="#ffffff", panel="#ffffff", boost="#f0f0f0",
    dark=False, luminosity_spread=0.25, text_alpha=1.0,
    variables={
        "text-muted": "#000000", "text-disabled": "#303030", "foreground-muted": "#000000",
        "text-primary": "#0000c0", "text-secondary": "#600080", "text-accent": "#600080",
        "text-warning": "#703000", "text-error": "#a00000", "text-success": "#005000",
        "surface-lighten-1": "#d8d8d8", "primary-darken-2": "#000080", "panel-lighten-1": "#e0e0e0",
        "block-cursor-foreground": "#ffffff", "block-cursor-background": "#0000c0",
        "footer-key-foreground": "#0000c0", "footer-description-foreground": "#000000",
        "input-selection-background": "#80c0ff", "border": "#000000", "border-blurred": "#000000",
        "scrollbar": "#000000", "scrollbar-background": "#d8d8d8",
    },
)  # fmt: skip

OWN_THEMES = (DARK, LIGHT, HIGH_CONTRAST, HIGH_CONTRAST_LIGHT)
