"""Where deployments differ from what is expected of them."""
