"""What is measured: series, readings, charts; and where each box's streams stand."""
