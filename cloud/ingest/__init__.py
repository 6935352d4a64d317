"""MQTT → rows: receives the boxes' streams and commits each record exactly once."""
