"""A round trip with the real XCom backend under a deployment's effective settings, in a place that has Airflow."""
