"""The marts said a second time, in plain Python: what is held against SQL by somebody who did not read it.

```
 landing ─▶ landed ─▶ world ─▶ statements · people · lessons · signals ─▶ progress · answers · habits · video … ─▶ marts
                                                       stories · streams ─▶ delivering (the platform) ─▶ comparing ─┘
```
Written from shared/metrics.md, the descriptions in ``dbt_project/**/*.yml`` and docs/definitions.md, with loops over
rows. It imports nothing that computes: from ``analytics_platform`` only ``delivering`` and the tests do, to run it
(landing, lake, dbt), and ``stories``, for the shapes of other systems that the simulator speaks.

A difference is a defect of one of the two. Settle first what the definition says, in docs/definitions.md where it was
silent; then mend the one that is wrong. ``marts.py`` names what is held and what is not. The suite holds the demo
organisation and fixed stories; ``python -m analytics_platform_tests.reference --rounds 20 --seed 1`` draws others.
"""
