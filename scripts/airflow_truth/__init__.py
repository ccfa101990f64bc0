"""Ask real Airflow what it makes of XCom settings, and record its answers as data for the tests."""
