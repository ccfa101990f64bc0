"""A change across environments and weeks: review, promotion, waves, and the migration of paths."""
