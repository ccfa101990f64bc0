"""A change across environments and weeks on the screen: a campaign as a grid, a review, a new deployment."""
