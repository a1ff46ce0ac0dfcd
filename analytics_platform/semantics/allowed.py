"""What SQL from outside may be made of: kinds of nodes (sqlglot's names), functions, and parts of some nodes. Data.

A function belongs here if it reads nothing but its arguments, changes nothing, and gives about as much as it takes:
``repeat`` and ``range`` are missing for the last reason, ``read_csv`` and ``current_setting`` for the first.
"""

_STRUCTURE = """
Select From Where Join Group Having Order Ordered Limit Offset With CTE Subquery Table TableAlias Column Identifier Star
Alias Paren Literal Null Boolean Distinct Window WindowSpec Union Intersect Except Qualify Case If Tuple Filter
WithinGroup Exists Var DataType DataTypeParam Interval IntervalSpan Cast TryCast
"""
_OPERATORS = """
And Or Xor Not Is EQ NEQ NullSafeEQ NullSafeNEQ GT GTE LT LTE Between In Like ILike Add Sub Mul Div IntDiv Mod Neg DPipe
Concat SafeConcat Escape
"""
_AGGREGATES = """
Count CountIf Sum Avg Min Max Median Mode Stddev StddevSamp StddevPop Variance VariancePop Quantile PercentileCont
PercentileDisc ApproxQuantile ApproxDistinct AnyValue LogicalOr LogicalAnd Corr CovarSamp CovarPop ArgMax ArgMin
RowNumber Rank DenseRank PercentRank CumeDist Ntile Lag Lead FirstValue LastValue NthValue
"""
_SCALARS = """
SafeDivide Abs Sign Round Floor Ceil Sqrt Ln Log Exp Pow Greatest Least Coalesce Nullif
Lower Upper Length Trim Substring Replace ConcatWs StrPosition Contains StartsWith EndsWith Left Right SplitPart Initcap
RegexpLike RegexpExtract RegexpReplace RegexpILike
DateTrunc TimestampTrunc DateDiff DateAdd DateSub TimestampDiff TimestampAdd TimestampSub Extract Date TsOrDsToDate
Year Month Quarter Day Week DayOfWeek DayOfMonth DayOfYear WeekOfYear DayOfWeekIso Hour Minute Second
TimeToStr StrToTime CurrentDate CurrentTimestamp AtTimeZone
"""
NODES = frozenset(" ".join((_STRUCTURE, _OPERATORS, _AGGREGATES, _SCALARS)).split())

_NAMES = """
quantile_cont quantile_disc bool_or bool_and countif count_if arg_max arg_min stddev_pop var_pop var_samp strpos instr
contains prefix suffix starts_with ends_with date_part datepart date_diff datediff isodow dayname monthname epoch
ifnull safe_divide safe_cast hour minute second trunc ceiling regexp_matches regexp_contains approx_quantiles
approx_count_distinct any_value percent_rank cume_dist ntile now
"""
# Functions that sqlglot has no kind of its own for, or only in one of the two dialects.
FUNCTIONS = frozenset(_NAMES.split())

# Parts that a node may have; a node that is not here may have any.
PARTS = {
    "Select": frozenset({"with_", "with", "expressions", "from_", "from", "where", "joins", "group", "having",
                         "qualify", "order", "limit", "offset", "distinct", "windows"}),
    "Union": frozenset({"with_", "with", "this", "expression", "distinct", "by_name", "order", "limit", "offset"}),
    "Intersect": frozenset({"with_", "with", "this", "expression", "distinct", "order", "limit", "offset"}),
    "Except": frozenset({"with_", "with", "this", "expression", "distinct", "order", "limit", "offset"}),
    "With": frozenset({"expressions"}),
    "CTE": frozenset({"this", "alias"}),
    "Table": frozenset({"this", "alias", "joins"}),
    "Subquery": frozenset({"this", "alias", "joins"}),
    "Join": frozenset({"this", "on", "using", "side", "kind"}),
    "Column": frozenset({"this", "table"}),
    "TableAlias": frozenset({"this", "columns"}),
    "Distinct": frozenset({"expressions"}),
    "Limit": frozenset({"expression"}),
}  # fmt: skip
