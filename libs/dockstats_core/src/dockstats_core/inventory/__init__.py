"""Which containers exist and what is known of them: the records (roster), and keeping them true (watcher)."""
