"""What can happen, one file an event type. Everything else is generic over the registry. Pure."""
