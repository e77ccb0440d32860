"""The sandbox's UltraCart."""
