"""From one publisher to any number of readers: `newest_wins` keeps each reader at the newest, `sse` frames, and
`shared_gzip` compresses once for all of them.

Not here: sockets, routes and headers (the apps), which message follows which change (`fleet`).
"""
