"""What strangers may try, as SQL: each is refused, or ends within the reader's limits. By kind of trick."""

# ruff: noqa: E501, SIM905

# Functions that read files, the network, settings, secrets or the catalogue, or that make something of nothing.
FUNCTIONS = """
read_csv read_csv_auto read_parquet parquet_scan parquet_metadata parquet_schema parquet_file_metadata read_json
read_json_auto read_json_objects read_ndjson read_ndjson_auto read_text read_blob sniff_csv glob sqlite_scan
postgres_scan postgres_query mysql_scan iceberg_scan delta_scan st_read read_xlsx arrow_scan pandas_scan python_map_function
duckdb_tables duckdb_columns duckdb_settings duckdb_databases duckdb_views duckdb_functions duckdb_secrets
duckdb_extensions duckdb_temporary_files duckdb_memory duckdb_logs duckdb_keywords duckdb_variables which_secret
pragma_table_info pragma_database_size pragma_storage_info pragma_show pragma_version pragma_user_agent checkpoint
force_checkpoint query query_table json_execute_serialized_sql sql_auto_complete seq_scan repeat_row range
generate_series test_all_types summary unnest enable_logging disable_logging truncate_duckdb_logs
read_duckdb read_avro read_gsheet load_aws_credentials ducklake_snapshots iceberg_metadata parquet_kv_metadata
parquet_bloom_probe http_get http_post sqlite_attach postgres_attach postgres_execute mysql_query mysql_execute
sqlite_query pragma_collations pragma_platform pragma_metadata_info pragma_functions duckdb_constraints
duckdb_dependencies duckdb_indexes duckdb_optimizers duckdb_sequences duckdb_schemas duckdb_types
duckdb_external_file_cache duckdb_log_contexts duckdb_prepared_statements duckdb_approx_database_count
icu_calendar_names pg_timezone_names st_drivers st_read_meta from_substrait get_substrait
""".split()
SCALARS = """
current_setting getenv getvariable current_database current_schema current_schemas current_query current_user version
txid_current nextval currval setseed random uuid gen_random_uuid write_log error sleep_ms repeat lpad rpad list_resize
range generate_series array_agg list histogram from_json to_json json_serialize_sql json_deserialize_sql
json_execute_serialized_sql pg_typeof has_table_privilege pg_get_viewdef pg_read_file load_extension
in_search_path current_role inet_client_addr vector_type stats can_cast_implicitly constant_or_null
session_user system external_query ml_predict keys_new_keyset net_host
current_catalog pg_read_binary_file pg_ls_dir pg_sleep lo_import dblink xp_cmdshell load_file benchmark sleep shell
bqutil_fn ai_generate_text vector_search remote_function session_id
""".split()
STATEMENTS = [
    "attach '/etc/passwd' as x", "attach ':memory:' as m", "attach 'https://evil.invalid/x.duckdb'", "detach marts",
    "attach 'host=evil.invalid' as pg (type postgres)", "use memory", "copy users to '/tmp/users.csv'",
    "copy (select * from users) to '/tmp/x.parquet' (format parquet)", "copy users from '/etc/passwd'",
    "copy users to 's3://evil/x'", "export database '/tmp/x'", "import database '/tmp/x'", "install httpfs",
    "install spatial from community", "load httpfs", "force install json", "pragma database_list",
    "pragma show_tables", "pragma table_info('users')", "pragma enable_external_access", "pragma version",
    "pragma memory_limit='100GB'", "set enable_external_access = true", "set memory_limit = '1TB'",
    "set threads = 999", "set lock_configuration = false", "set global timezone = 'x'", "set session x = 1",
    "set variable x = 1", "reset memory_limit", "reset lock_configuration", "call pragma_version()",
    "call duckdb_tables()", "checkpoint", "force checkpoint", "vacuum", "analyze users", "explain select * from users",
    "explain analyze select * from users", "describe users", "describe select 1", "show tables", "show all tables",
    "show databases", "summarize users", "create table t as select * from users", "create temp table t (x int)",
    "create or replace table users as select 1", "create view v as select 1", "create macro m() as 1",
    "create function f() as 1", "create schema s", "create type t as enum ('a')", "create sequence s",
    "create index i on users (cohort)", "create secret s (type s3)", "create persistent secret s (type s3)",
    "drop table users", "drop view user_responses", "drop schema main cascade", "alter table users add column x int",
    "alter table users rename to x", "insert into users values (1)", "insert into users select * from users",
    "insert or replace into users values (1)", "update users set email = ''", "delete from users", "truncate users",
    "merge into users using users on true when matched then delete", "begin", "begin transaction", "commit",
    "rollback", "abort", "prepare p as select 1", "execute p", "deallocate p", "values (1)", "values (1), (2)",
    "comment on table users is 'x'", "grant all on users to public", "revoke all on users from public",
    "declare x int64", "begin select 1; end", "execute immediate 'select 1'", "export data options(uri='x') as select 1",
    "load data into users from files(uris=['x'])", "assert true", "lock table users", "kill 1", "shutdown",
    "pivot users on cohort using count(*)", "unpivot users on cohort into name n value v",
    "update extensions", "load '/tmp/evil.duckdb_extension'", "with x as (select 1) delete from users",
    "with x as (select 1) insert into users select * from x", "select 1 into outfile '/tmp/x'",
    "select * into t from users", "select * from users for update",
]  # fmt: skip
STACKED = [
    "select 1; drop table users", "select 1;; drop table users;", "select 1 ; attach '/tmp/x' as x ; select 1",
    "; drop table users", "select 1;\ncopy users to '/tmp/x'", "select 1;\tset threads=1", "select 1;--\npragma version",
    "select 1/*;*/;delete from users", "select ';'; delete from users", "select 1; select 2", "select $$;$$; select 2",
    "select 1;\r\ninstall httpfs;\r\nload httpfs", "select E'\\'; drop table users; --'; select 2",
    "select 'a''; drop table users; --'; drop table users", "begin; select 1; commit", ";", "", "   ", "--", "/* */",
    "select 1; ; ; ; call checkpoint()", "select \"a;b\" from users; drop table users",
]  # fmt: skip
COMMENTS = [
    "/**/drop/**/table/**/users", "dr/**/op table users", "--\ndrop table users", "/* /* nested */ */ drop table users",
    "select * from users /* ", "select * from users -- \n; delete from users", "/*!50000 drop table users */ drop table users",
    "select/**/*/**/from/**/read_csv('/etc/passwd')", "select * from /* x */ '/etc/passwd'", "# comment\ndrop table users",
    "select * from read/**/_csv('/etc/passwd')", "select 1 --\n union all select * from duckdb_settings()",
    "/*+ hint */ attach 'x'", "select /*+ parallel(9) */ * from read_text('x')", "select * from users where 1=1--' and x\n; drop table users",
]  # fmt: skip
UNICODE = [
    "\uff53elect * from users", "select * from \uff55sers", "select * from us\u200bers", "select * from users\u200b",
    "select\u00a0*\u00a0from\u00a0duckdb_settings()", "select * from \u0075\u0301sers", "select * from \u202esresu",
    "drop\u2003table\u2003users", "select * from u\u0455ers", "select * from users\x00; drop table users",
    "select \u2018x\u2019; drop table users", "select 1\uff1b drop table users", "select 1\u037e drop table users",
    "\ufeffdrop table users", "\ufeffselect * from duckdb_tables()", "select * from \"users\u0000\"",
    "select * from \u00fcsers", "select * from read_\u017ftext('x')", "select * from duc\u212adb_tables()",
    "select * from information\u200d_schema.tables", "s\u0435lect 1; dr\u043ep table users", "select * from users\x1b[2J",
    "select * from \U0001f4a3", "select \x07 from users", "with \u212aey as (select 1) drop table users",
]  # fmt: skip
CATALOGUE = [
    "select * from information_schema.tables", "select * from information_schema.columns", "select * from pg_catalog.pg_tables",
    "select * from pg_class", "select * from pg_catalog.pg_settings", "select * from sqlite_master",
    "select * from sqlite_schema", "select * from duckdb_settings", "select * from about.snapshot", "select * from main.users",
    "select * from facts.fact_responses", "select * from facts.rows_of_views", "select * from marts.main.users",
    "select * from memory.main.users", "select * from system.information_schema.tables", "select * from temp.users",
    "select * from fact_responses", "select * from snapshot", "select * from '/etc/passwd'",
    "select * from \"/etc/passwd\"", "select * from '/etc/passwd.csv'", "select * from 'x.parquet'",
    "select * from 'https://evil.invalid/x.csv'", "select * from \"s3://evil/x.parquet\"", "select * from '*.duckdb'",
    "select * from `project.lake.users`", "select * from `x`.`INFORMATION_SCHEMA`.`TABLES`", "select * from analytics_lake.xapi",
    "select * from users as of timestamp '2020-01-01'", "select * from users for system_time as of current_timestamp",
    "select * from users tablesample 10%", "select * from users using sample 5", "select * from users at (version => 1)",
    "select users.main.users.x from users", "select main.users.email from users", "select * from nothing", "select * from dual",
    "select columns('.*') from users", "select columns(*) from users", "select * from (values (1))", "select * from (values (1)) t(x)",
    "select * from (describe users)", "select * from (show tables)", "select * from (from duckdb_tables())",
    "from '/etc/passwd'", "from duckdb_settings()", "from users, read_text('/etc/passwd')",
    "select (select content from read_text('/etc/passwd'))", "select * from users where exists (from read_text('x'))",
    "select * from users order by (select max(value) from duckdb_settings())",
    "select * from users limit (select count(*) from read_text('x'))",
    "select * from users, lateral (select * from read_text('x'))", "select * from users natural join duckdb_tables()",
    "select * from users asof join users using (person_id)",
    "select x -> 'a' from users", "select list_transform([1], lambda x: x)", "select [x for x in [1]]", "select {'a': 1}",
    "select map {'a': 1}", "select $1", "select ?", "select $name", "select :x",
]  # fmt: skip
SHADOWS = [
    "with users as (select * from users) select * from users", "with USERS as (select 1) select * from users",
    "with \"Users\" as (select * from users) select email from users", "with lessons as (select 1), a as (select * from users) select * from a, lessons",
    "with recursive users as (select 1) select * from users", "with a as (with users as (select 1) select * from users) select * from a",
    "select * from (with users as (select * from users) select * from users) t",
]  # fmt: skip
BOMBS = [
    "with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t",
    "with recursive t as (select 1 as n union all select n * 2 from t where n > 0) select * from t",
    "with recursive t as (select * from users union all select * from t) select * from t",
    "with recursive a as (select 1), b as (select 2) select * from a", "select repeat('x', 1000000000)",
    "select count(*) from range(100000000000)", "select * from generate_series(1, 1000000000000)", "select unnest(range(1000000000))",
    "select list_resize([1], 2000000000)", "select lpad('x', 2000000000, 'y')", "select array_agg(x) from (select 1 as x)",
    "select " + "(" * 5000 + "1" + ")" * 5000, "select " + "(" * 100 + "1" + ")" * 100, "select " + "not " * 3000 + "true",
    "select " + "-" * 3000 + "1", "select " + "1+" * 5000 + "1", "select " + "(select " * 200 + "1" + ")" * 200,
    "select * from " + "(select * from " * 100 + "users" + ") t" * 100, "select 1 " + "union all select 1 " * 2000,
    "select * from users where cohort in (" + "'x'," * 9000 + "'x')", "select '" + "x" * 50_000 + "'", "x" * 30_000,
    "select * from " + ", ".join(f"users u{n}" for n in range(30)), "select " + ", ".join(["email"] * 5000) + " from users",
    "with " + ", ".join(f"t{n} as (select * from users)" for n in range(60)) + " select 1 from t1",
    "select case " + "when true then case " * 100 + "when true then 1 end" + " end" * 100,
    "select " + "coalesce(" * 200 + "1" + ")" * 200, "[" * 10_000, "'" * 9_999, "/*" * 9_000, "select " + "[" * 3000,
]  # fmt: skip
# Strange spellings of a SELECT over marts: what runs is the plain one.
PLAIN = ["table users", "select * from \u2028users", "select * from 'users'", "select\u00a0*\u2003from users"]
# Harmless by their parts and endless in their work: the reader's limits end them.
EXPLODING = [
    "select count(*) from user_activities a, user_activities b, user_activities c, user_activities d",
    "select sum(length(a.response || b.response || c.response)) from user_responses a, user_responses b, user_responses c, user_responses d",
    "select a.activity_id, b.activity_id from user_activities a, user_activities b, user_activities c",
    "select count(distinct a.activity_id || b.activity_id || c.activity_id) from user_activities a cross join user_activities b cross join user_activities c",
    "select a.*, b.*, c.* from user_activities a join user_activities b on true join user_activities c on true order by 1",
    "with a as (select x.activity_id from user_activities x, user_activities y) select count(*) from a, a b",
    "select string_agg(a.activity_id, '') from user_activities a, user_activities b, user_activities c",
    "select max(row_number() over (order by a.activity_id, b.activity_id)) from user_activities a, user_activities b, user_activities c",
]  # fmt: skip


def refused() -> list[str]:
    """Everything that must not come as far as the engine."""
    calls = [f"select * from {name}('/etc/passwd')" for name in FUNCTIONS]
    calls += [f"select count(*) from users, {name}()" for name in FUNCTIONS]
    values = [f"select {name}('x') from users" for name in SCALARS]
    return [*calls, *values, *STATEMENTS, *STACKED, *COMMENTS, *UNICODE, *CATALOGUE, *SHADOWS, *BOMBS]
