"""Controllers of Wiegand readers that tell their cards to an MQTT broker (driver `wiegand_mqtt`)."""
