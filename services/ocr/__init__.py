"""From the bytes of an upload to a recognised document."""
