"""Commits of exactly the given paths, in any state of the repo."""
