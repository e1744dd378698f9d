//! sections/mod
