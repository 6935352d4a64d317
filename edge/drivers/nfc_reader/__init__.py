"""NFC readers driven by nfcpy, at USB or a serial port (driver `nfc_reader`)."""
