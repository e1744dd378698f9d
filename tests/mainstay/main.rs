//! What Mainstay does as a whole.

mod articles;
