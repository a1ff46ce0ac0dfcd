"""What can go wrong while labelling. Each message says what happened, to which file or service, and what to do.

EnrichmentError
├── TaxonomyError      a taxonomy, lexicon, example or word file cannot be used
├── EvaluationError    a labelled file cannot be measured
├── TranslationError   what should be translated is not there
├── MissingMethodError a method was asked for whose extra is not installed or not configured
└── EndpointError      the language-model endpoint refused, or answered what cannot be used
    └── EndpointAway   it would answer nothing now, whatever is asked
"""

from analytics_platform.errors import PlatformError


class EnrichmentError(PlatformError):
    """The root of this room's errors."""


class TaxonomyError(EnrichmentError):
    """A taxonomy, lexicon, example or word file cannot be used."""


class EvaluationError(EnrichmentError):
    """A labelled file cannot be measured."""


class TranslationError(EnrichmentError):
    """What should be translated is not there, or the language is none."""


class MissingMethodError(EnrichmentError):
    """A method was asked for whose extra is not installed or not configured."""


class EndpointError(EnrichmentError):
    """The language-model endpoint refused, or answered what cannot be used."""


class EndpointAway(EndpointError):
    """The language-model endpoint would answer nothing now, whatever is asked: silent, broken, busy, a wrong key."""
