"""The ``swf-emulator`` command: options, configuration files, initial state."""
