"""The command for assistants: mcp."""

from __future__ import annotations

from kb.cli.application import command, load_base


@command()
def mcp() -> None:
    """Answer an assistant on standard input and output, by the Model Context Protocol; no code of entries is run.

    Enter it in the assistant's settings as a server with the command `kb` and the argument `mcp`; for a folder of your
    own, the arguments are `--folder`, the folder and `mcp`.

    Examples:
        $ kb mcp
    """
    from kb.assistants import server

    server(load_base()).run()
