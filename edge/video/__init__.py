"""Video of the cameras: recorded by segments as it comes, shown live on demand, dropped by a quota."""
