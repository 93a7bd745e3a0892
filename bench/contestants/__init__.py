"""Ways to watch containers: one file each, with what people use it for and why it is called that way."""
