"""Every agent's state, from changes and the time to what the stream should say. Pure: no clock, no task, no socket.

`agents.Fleet` is what others use. It keeps for each configured agent how its connection is (`status`), what it last
said (`latest`), what it said over the last half hour (`history`), and what happened to its containers then (`journal`,
from `events`). `moments` puts an instant of that together again; `columns_form` is a batch as a page takes it.

Not here: connections and feeds (they report changes), encoding and fan-out (they carry what comes out).
"""
