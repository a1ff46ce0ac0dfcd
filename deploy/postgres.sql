-- Dagster's runs and events, and the collector's store: one server, two databases.
create database dagster;
create database collector;
