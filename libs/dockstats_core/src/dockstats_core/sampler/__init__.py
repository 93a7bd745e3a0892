"""One tick: readings become samples become a batch. `ticks` keeps time, `figures` remembers, `sampler` assembles."""
