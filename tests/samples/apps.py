from django.apps import AppConfig


class SamplesConfig(AppConfig):
    """Services of no domain, to prove the case engine by itself."""

    name = "tests.samples"
    label = "samples"
