"""The language server: findings, what Airflow will do, fixes and values, in any editor that speaks the protocol."""
