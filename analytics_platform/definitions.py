"""Dagster's entry point (workspace.yaml names it): the definitions for the settings of this process."""

from analytics_platform.defs.assemble import definitions
from analytics_platform.settings import load

defs = definitions(load())
