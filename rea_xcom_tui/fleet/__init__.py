"""The middle of the house: scanning a repo, the fleet, plans, pending changes, and the one gate for writes."""
