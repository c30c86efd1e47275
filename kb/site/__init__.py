"""The site: plain Markdown and HTML pages generated from the entries, then built by MkDocs."""
