//! outputs/mod
