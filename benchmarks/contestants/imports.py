"""What importing costs: the statement in the second argument, in a process that has loaded next to nothing."""

import resource
import sys
import time


def main(statement: str) -> tuple[float, float, int]:
    """Seconds of CPU, seconds of wall clock, and bytes of memory that a statement takes."""
    resident = _resident()
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    exec(statement, {})  # noqa: S102 -- the runner's own
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall, _resident() - resident


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 -- pathlib would be measured, too
        return int(statm.read().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    cpu, wall, rss = main(sys.argv[2])
    print(f'{{"cpu": {cpu}, "wall": {wall}, "rss": {rss}, "requests": 1, "items": 0}}')
