"""The exchange with the core insurance system, by files: loads, outbound changes, acknowledgements (docs/insurance-data.md)."""
