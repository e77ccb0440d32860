"""The phone system (PBX) of UltraCart."""
