"""Card readers that speak OSDP v2 with a secure channel (driver `osdp_reader`)."""
