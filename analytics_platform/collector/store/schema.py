"""The store's tables, in SQL that SQLite and PostgreSQL both take.

``{bytes}`` is blob or bytea, ``{place}`` integer (SQLite's own row number) or bigint, ``{place_only}`` is SQLite's
WITHOUT ROWID. Times are microseconds since 1970 (UTC). An epoch is 1,024 places: postings are written into the pages of
the newest epoch only. Without epochs, at a million statements, each batch touched thousands of pages. A posting says
which places of an epoch have a mark: two bytes for each, counted from the epoch's start; one group of statements writes
one posting for each of its marks. A clock step is the first place whose time of storing is earlier than that of the
place before it. Does not live here: any query, what older versions had (``migration``).
"""

EPOCH_BITS = 10

SCHEMA = """
create table if not exists statements (
    seq {place} primary key,
    id {bytes} not null,
    fingerprint {bytes} not null,
    stored bigint not null,
    owner text not null,
    flags integer not null,
    size integer not null,
    body text not null
);
create table if not exists ids (
    id {bytes} primary key,
    seq bigint not null
) {place_only};
create table if not exists ids_new (
    id {bytes} primary key,
    seq bigint not null
) {place_only};
create table if not exists ids_moved (
    last {bytes} not null,
    waiting bigint not null
);
create table if not exists postings (
    epoch integer not null,
    mark bigint not null,
    first bigint not null,
    places {bytes} not null,
    primary key (epoch, mark, first)
) {place_only};
create table if not exists refs (
    target {bytes} not null,
    seq bigint not null,
    primary key (target, seq)
) {place_only};
create table if not exists attachments (
    sha2 text primary key,
    content_type text not null,
    content {bytes} not null
);
create table if not exists attachment_owners (
    sha2 text not null,
    owner text not null,
    content_type text not null,
    primary key (sha2, owner)
) {place_only};
create table if not exists clock_steps (
    seq {place} primary key
);
create table if not exists documents (
    kind text not null,
    activity text not null,
    agent text not null,
    registration text not null,
    name text not null,
    owner text not null,
    content_type text not null,
    etag text not null,
    updated bigint not null,
    content {bytes} not null,
    primary key (kind, activity, agent, registration, name, owner)
);
create table if not exists lines (
    seq {place} primary key,
    path text not null,
    received bigint not null,
    size integer not null,
    payload {bytes} not null,
    problem text
);
create table if not exists event_ids (
    path text not null,
    id text not null,
    primary key (path, id)
) {place_only};
create table if not exists shipped (
    queue text primary key,
    seq bigint not null
);
create table if not exists repeats (
    path text not null,
    day text not null,
    count bigint not null,
    primary key (path, day)
) {place_only};
create table if not exists credentials (
    id text primary key,
    label text not null,
    scopes text not null,
    secret {bytes} not null,
    created bigint not null,
    revoked bigint,
    details text
);
create table if not exists refused (
    seq {place} primary key,
    at bigint not null,
    owner text not null,
    method text not null,
    path text not null,
    content_type text not null,
    status integer not null,
    rule text not null,
    reason text not null,
    size bigint not null,
    body {bytes} not null
);
create table if not exists audit (
    seq {place} primary key,
    at bigint not null,
    who text not null,
    what text not null,
    credential text not null,
    detail text not null
)"""
