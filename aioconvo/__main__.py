"""`python -m aioconvo` is the `aioconvo` command."""

from .cli import main

if __name__ == "__main__":
    main()
