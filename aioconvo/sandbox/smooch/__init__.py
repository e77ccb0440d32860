"""The sandbox's Smooch."""
