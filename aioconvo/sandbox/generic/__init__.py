"""Answers to every declared operation that has no route of its own, made from its declaration.

- `plans`: what an operation does, told by its path, method, effect and answer.
- `reading`: what a request says, held against the declaration.
- `examples`: JSON of the declared types: what is known, and invented values for the rest.
- `lists`: pages as the operation's own pager asks for them.
- `store`: what was created, changed and removed.
- `routes`: all of it together, as routes of an emulated API.
"""
