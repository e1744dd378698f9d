//! graph/mod
