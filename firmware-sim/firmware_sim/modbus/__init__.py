"""A Modbus server of our own, sharing nothing with the library that the box's drivers use."""
