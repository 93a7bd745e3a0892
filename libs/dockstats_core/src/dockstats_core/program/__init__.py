"""What every dockstats program needs before it can do its work.

`command_line` turns flags, variables and `.env` files into typed settings, by the one table in `options`; `listen` and
`sockets` open the door, `access` says who may come through it, `logs` and `lifetime` do as their names say.
"""
