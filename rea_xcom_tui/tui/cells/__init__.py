"""What a cell of the fleet says."""
