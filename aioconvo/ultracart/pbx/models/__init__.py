"""The nouns of UltraCart's phone system, as structs, a module each; `aioconvo.ultracart.pbx` has all of them by name.

Source: the vendor's SDK 4.1.208, which requires none of their members, and its documents of April 2026. One struct serves for
what is read and what is written: a member that is not given, `None`, is not sent.
"""
