"""The last half hour of every container and host, in memory: `columns` says which figures are kept, `series` keeps one
container's or host's points, `store` keeps all of them within one bound in bytes.

Not here: which batch counts and at what time (`fleet.history`), drawing.
"""
