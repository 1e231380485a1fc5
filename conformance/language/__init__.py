"""The case language: how case files are read, checked, played, judged and rewritten."""
