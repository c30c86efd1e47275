"""Reference implementations. Each file stands at the path of the entry that it is about."""
