"""The last half hour of every container and host, in memory: `columns` says which figures are kept, `series` keeps one
container's or host's points, `store` keeps all of them within one bound in bytes. What can be asked of it: `answers`
(one series' columns, as means of `buckets` where a step is given), `moments` (a host as it was at one instant),
`sparklines` (the last minute of everything).

Not here: which batch counts and at what time (`fleet.history`), drawing.
"""
