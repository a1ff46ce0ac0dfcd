"""SQL of strangers: read into a tree, refused unless every part of it is known to be harmless, and written anew.

What runs is never the text that was sent but what this module writes from the tree, so tricks with comments, quoting
and Unicode have no effect. Allowed is one SELECT over marts with the functions named here; everything else is refused,
whether it is known to do harm or not. An allowed query can still be expensive: the locked reader ends it by its limits
on rows, time and memory (BigQuery: bytes billed), after EXPLAIN has shown that the engine understands it.
Does not live here: whose rows it sees (``roles``).
"""

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime

from sqlglot import Token, TokenType, exp, parse, tokenize
from sqlglot.errors import SqlglotError

from analytics_platform.semantics.allowed import FUNCTIONS, NODES, PARTS
from analytics_platform.semantics.answer import Answer, Definition, described, quality_of, whole_numbers
from analytics_platform.semantics.errors import NotAllowed, WrongQuestion, unknown
from analytics_platform.semantics.registry import Registry, registry
from analytics_platform.semantics.roles import restrict
from analytics_platform.semantics.viewers import LOCAL, Viewer
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import OpenReader

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # its warnings repeat what strangers sent
LONGEST, MOST_NODES, MOST_TABLES, DEEPEST, DEEPEST_PARENTHESES = 20_000, 3_000, 20, 60, 16
_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
PARAMETER = "sql"


def ask_sql(
    settings: Settings, sql: str, viewer: Viewer = LOCAL, limit: int | None = None, reader: OpenReader | None = None
) -> Answer:
    """The answer to a stranger's SELECT, as this viewer may see it. ``limit`` cuts it; more is refused otherwise."""
    if not viewer.sees_people:
        # Without metrics nobody knows how many people stand behind a cell, and two cells can be subtracted.
        raise NotAllowed(f"The role {viewer.role} asks for metrics and named queries, not in SQL.", PARAMETER)
    known = registry(settings)
    tree: exp.Expr = checked(sql, known.engine)
    with nullcontext(reader) if reader else open_warehouse(settings).reader() as open_reader:
        tree = restrict(tree, viewer, known.marts, open_reader.snapshot.rows, known.engine)
        if limit is not None:
            tree = exp.select("*").from_(exp.Subquery(this=tree, alias=exp.to_identifier("answer"))).limit(limit)
        safe = tree.sql(dialect=known.engine, comments=False, pretty=True)
        return _answer(known, open_reader, safe)


def _answer(known: Registry, reader: OpenReader, sql: str) -> Answer:
    if known.engine == "duckdb":  # BigQuery's reader makes a dry run of its own
        reader.query(f"explain {sql}")
    now = datetime.now(UTC)
    table = whole_numbers(reader.query(sql))
    meanings = [Definition(name, name, text) for mart in known.marts.values() for name, _, text in mart.columns]
    columns = described(table, meanings)
    return Answer(table, sql, (), columns, reader.snapshot, quality_of(reader.snapshot, now), asked_at=now)


def checked(sql: str, dialect: str) -> exp.Query:
    """The tree of exactly one harmless SELECT; the error names what is not allowed."""
    if len(sql) > LONGEST:
        raise WrongQuestion(f"The SQL has {len(sql):,} characters; {LONGEST:,} are the most.", PARAMETER)
    if any(ord(letter) < 32 and letter not in "\t\n\r" for letter in sql):
        raise WrongQuestion("The SQL contains control characters.", PARAMETER)
    try:
        _check_depth(tokenize(sql, dialect=dialect))
        trees = [tree for tree in parse(sql, dialect=dialect) if tree is not None]
    except SqlglotError as error:
        raise WrongQuestion(f"The SQL cannot be read: {str(error).splitlines()[0]}", PARAMETER) from None
    except RecursionError:
        raise WrongQuestion("The SQL is nested too deeply.", PARAMETER) from None
    if len(trees) != 1:
        raise WrongQuestion(f"Exactly one statement is answered, not {len(trees)}.", PARAMETER)
    tree = trees[0]
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise WrongQuestion(f"Only SELECT is answered, not {tree.key.upper()}.", PARAMETER)
    _check_parts(tree)
    return tree


def _check_depth(tokens: Sequence[Token]) -> None:
    """Before the parser, whose time grows fast with the depth of parentheses."""
    if len(tokens) > MOST_NODES:
        raise WrongQuestion("The SQL is too large.", PARAMETER)
    depth = 0
    for token in tokens:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        if depth > DEEPEST_PARENTHESES:
            raise WrongQuestion("The SQL is nested too deeply.", PARAMETER)


def _check_parts(tree: exp.Query) -> None:
    tables = 0
    for number, node in enumerate(tree.walk()):
        if number > MOST_NODES or node.depth > DEEPEST:
            raise WrongQuestion("The SQL is too large or nested too deeply.", PARAMETER)
        _check_node(node)
        tables += isinstance(node, exp.Table)
        if tables > MOST_TABLES:
            raise WrongQuestion(f"The SQL names more than {MOST_TABLES} tables.", PARAMETER)


def _check_node(node: exp.Expr) -> None:
    kind = type(node).__name__
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        name = str(node.this).lower()
        if name not in FUNCTIONS:
            raise unknown("allowed function", name, FUNCTIONS, PARAMETER)
    elif kind not in NODES:
        what = node.sql_name().lower() if isinstance(node, exp.Func) else kind
        raise WrongQuestion(f"{what} is not allowed in SQL from outside.", PARAMETER)
    given = {part for part, value in node.args.items() if value not in (None, False, [])}
    if strange := given - PARTS.get(kind, given):
        raise WrongQuestion(f"{kind} with {sorted(strange)[0]} is not allowed in SQL from outside.", PARAMETER)
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        raise WrongQuestion("Tables are marts; functions and files are none.", PARAMETER)
    if isinstance(node, exp.Identifier) and not (node.name.isprintable() and "$" not in node.name):
        raise WrongQuestion(f"{node.name!r} is no name.", PARAMETER)
    if isinstance(node, exp.Select) and not node.expressions:
        raise WrongQuestion("A SELECT names no columns.", PARAMETER)
