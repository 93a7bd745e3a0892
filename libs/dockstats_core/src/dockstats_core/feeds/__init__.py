"""The library's front door: whoever wants live figures starts here.

`LocalFeed` reads this machine's engine, `AgentFeed` follows a remote agent; both yield the same events, so a script,
the agent, the dashboard and a terminal start from the same line.
"""
