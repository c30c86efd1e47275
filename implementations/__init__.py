"""Reference implementations. Each file has the same path as the entry that it belongs to."""
