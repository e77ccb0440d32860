"""One page of HTML about an export."""
