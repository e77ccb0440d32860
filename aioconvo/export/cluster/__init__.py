"""An export on a Dask cluster."""
