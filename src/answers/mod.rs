//! answers/mod
