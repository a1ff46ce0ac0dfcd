"""From an issuer's claims to a viewer: which role, and which cohorts. The API and the pages judge the same. Pure.

- The highest role that the claim OIDC_ROLE_CLAIM names counts, ours by the names of OIDC_ROLES; without one nobody may
  look.
- With OIDC_COHORT_CLAIM a viewer sees the cohorts that it names, and none without it; an admin sees all.
- A viewer's name is a hash of issuer and subject: the audit shall say who, not how they are called.

Does not live here: whether the claims are the issuer's (``tokens``, Streamlit).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics_platform.semantics import Role, Viewer
from analytics_platform.semantics.errors import NotAllowed
from analytics_platform.settings import Settings
from analytics_platform.tokens.issuer import read_names, subject_id


@dataclass(frozen=True)
class Identities:
    """How an organisation's claims are read."""

    roles: Mapping[str, str]
    role_claim: str
    cohort_claim: str

    @classmethod
    def of(cls, settings: Settings) -> "Identities":
        roles = read_names("OIDC_ROLES", settings.oidc_roles, [role.value for role in Role])
        return cls(roles, settings.oidc_role_claim, settings.oidc_cohort_claim)

    def viewer(self, issuer: str, claims: Mapping[str, Any]) -> Viewer:
        """Whom these claims are of; NotAllowed where they name no role of ours."""
        found = {self.roles[name] for name in _texts(_at(claims, self.role_claim)) if name in self.roles}
        role = next((role for role in reversed(Role) if role.value in found), None)
        if role is None:
            raise NotAllowed(f"The claim {self.role_claim} names no role of this platform (OIDC_ROLES).", "role")
        cohorts = None
        if self.cohort_claim and role is not Role.ADMIN:
            cohorts = tuple(_texts(_at(claims, self.cohort_claim)))
        return Viewer(subject_id(issuer, str(claims["sub"])), role, cohorts)


def _at(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of this name, else the one inside others that its dots lead to, as realm_access.roles."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _texts(value: Any) -> list[str]:
    """One text or a list of them; of a list what is none is left out."""
    if isinstance(value, str):
        return [value]
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
