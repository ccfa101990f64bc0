"""What an XCom configuration is, and what Airflow, Kubernetes and the clouds make of it. Pure."""
