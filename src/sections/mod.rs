//! Sections: a document's text → its tree of headings with paragraphs, lists, tables and quotes, every one
//! with its place.
//!
//! [`Outline::read`] runs pulldown-cmark once over a document and keeps what extraction needs: plain text with
//! the ranges that are strong, emphasised or linked ([`Text`]), lists as trees ([`Item`]), tables as cells, and
//! for each section its anchor as the documentation site makes it. Nothing here knows what a word means.

mod outline;
mod sentences;
mod text;

pub use outline::{Block, Item, Outline, Row, Section, Table};
pub use sentences::{Sentence, sentences};
pub use text::{Label, Mark, MarkKind, Text};
