"""Pending changes, commits and pushes on screen."""
