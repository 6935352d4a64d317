"""Door controllers that speak ONVIF Door Control (driver `onvif_door`)."""
