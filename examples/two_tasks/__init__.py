"""Two activities in a row: one writes a letter, the other names a fruit that begins with it."""
