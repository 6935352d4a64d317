"""`make drive`: the house tells its story on a throw-away demo, with measured times."""
