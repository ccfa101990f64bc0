"""Probes on real stores of each protocol, on this machine, under recorded Airflow versions."""
