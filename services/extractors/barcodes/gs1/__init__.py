"""GS1 element strings: application identifiers (AIs) with their data, as GS1's syntax dictionary defines them."""
