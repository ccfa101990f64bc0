"""Pending edits and plans: everything that changes memory and not the disk."""
