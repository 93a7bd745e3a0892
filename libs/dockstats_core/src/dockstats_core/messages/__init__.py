"""What dockstats programs say to each other: `agent` over the agent's WebSocket, `stream` over the dashboard's SSE.

Both have an `agent_status` and a `container_stats_batch`, so they are two modules with two unions. JSON, one object a
message, snake_case, times RFC 3339 UTC with Z, sizes in bytes, rates per second, CPU where 100 = one full core, never
clamped. A figure that is not known is null. Names that other programs already speak are marked *fixed*.
Not here: bytes on a socket, who sends what when.
"""
