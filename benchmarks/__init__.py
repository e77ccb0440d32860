"""What aioconvo costs beside a bare aiohttp loop, other libraries and the providers' SDKs: `python -m benchmarks --help`."""
