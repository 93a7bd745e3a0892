"""The Docker Engine's API, read only: no method that changes anything on the engine exists here."""
