"""Older states of the fleet: revisions, the history of a field, who changed it last."""
