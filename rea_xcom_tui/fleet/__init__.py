"""The middle of the house: scans, the fleet, plans, pending changes, and the one gate for writes."""
