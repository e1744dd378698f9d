//! repl/mod
