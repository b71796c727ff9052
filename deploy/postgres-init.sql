-- Run once by the image of PostgreSQL, when a database is made: the user of Jalon, who owns one database and no more.
\getenv password DATABASE_PASSWORD
CREATE ROLE jalon LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE jalon OWNER jalon;
REVOKE ALL ON DATABASE jalon, postgres, template1 FROM PUBLIC;
