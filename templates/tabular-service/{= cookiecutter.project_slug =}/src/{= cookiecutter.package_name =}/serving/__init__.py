"""The service: answers predictions over HTTP with the registry's champion."""
