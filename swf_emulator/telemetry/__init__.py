"""Observe an emulator: logs, Prometheus metrics, CloudWatch counterparts, the event webhook."""
