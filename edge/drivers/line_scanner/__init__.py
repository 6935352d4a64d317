"""Scanners of QR and bar codes that send lines (driver `line_scanner`)."""
