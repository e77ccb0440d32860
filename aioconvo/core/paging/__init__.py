"""Lists, page by page. Pure, but for the paginator and its walks."""
