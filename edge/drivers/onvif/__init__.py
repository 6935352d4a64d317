"""What ONVIF devices have alike: SOAP with a sign-in that knows their clock, and how they are found."""
