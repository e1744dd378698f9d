//! documents/mod
