"""The sandbox's Sunshine Conversations."""
