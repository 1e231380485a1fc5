"""The examples use the plugin's fixtures, like any other project."""

from swf_emulator.pytest_plugin import swf as swf
