//! The tree of a document, built from pulldown-cmark's events.

use super::text::{Mark, MarkKind, Text};
use memchr::memchr_iter;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::collections::HashMap;
use std::ops::Range;

/// A document as sections in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The sections; the first one, without a heading, holds what stands before the first heading.
    pub sections: Vec<Section>,
}

/// A heading and what stands under it, up to the next heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// 1 to 6; 0 for what stands before the first heading; of a tab one more than that of the section it stands in.
    pub level: u8,
    /// The words of the heading.
    pub heading: Text,
    /// The anchor of the heading in the document: unique, with `-1`, `-2` behind repeated ones.
    pub anchor: String,
    /// Index of the section above it.
    pub parent: Option<usize>,
    /// The tab that the heading opens: `[Title](#tab/id)` gives `id`.
    pub tab: Option<String>,
    /// Whether it is the rest of a section behind a group of tabs, without a heading of its own.
    pub behind_tabs: bool,
    /// What stands under it.
    pub blocks: Vec<Block>,
    /// Byte range of the heading in the assembled text.
    pub range: Range<usize>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Text),
    /// The items of a list.
    List(Vec<Item>),
    /// A table.
    Table(Table),
    /// A quote, with the kind of alert that it opens with, such as `NOTE`.
    Quote(Option<String>, Vec<Block>),
    /// Code, which is no text.
    Code,
}

/// An item of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// Byte range in the assembled text.
    pub range: Range<usize>,
}

impl Item {
    /// Its first paragraph.
    pub fn lead(&self) -> Option<&Text> {
        match self.blocks.first() {
            Some(Block::Paragraph(text)) => Some(text),
            _ => None,
        }
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The cells of its head.
    pub head: Vec<Text>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a table, with as many cells as the head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Text>,
    /// Byte range in the assembled text.
    pub range: Range<usize>,
}

/// Most texts have no more bytes than these.
const USUAL_BYTES: usize = 600;

/// Lists and quotes nested deeper than this are read as part of the one above.
const MAX_DEPTH: usize = 32;

impl Outline {
    /// Reads Markdown (CommonMark with tables). Every text is a document; nothing fails.
    pub fn read(text: &str) -> Self {
        let mut builder = Builder::default();
        builder.outline.sections.push(Section::default());
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            builder.event(event, range);
        }
        while !builder.open.is_empty() {
            builder.close();
        }
        builder.outline
    }

    /// The sections from the top down to one: its ancestors, then itself.
    pub fn path(&self, section: usize) -> Vec<&Section> {
        let mut path: Vec<_> = self.above(section).map(|at| &self.sections[at]).collect();
        path.reverse();
        path
    }

    /// A section, then those that it stands in, from the inside out.
    pub fn above(&self, section: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(section), |&at| self.sections[at].parent)
    }

    /// The sections directly below one.
    pub fn children(&self, section: usize) -> impl Iterator<Item = usize> {
        (section + 1..self.sections.len()).filter(move |&at| self.sections[at].parent == Some(section))
    }

    /// The title: the words of the first heading of level 1 that opens no tab.
    pub fn title(&self) -> Option<&Text> {
        let title = self.sections.iter().find(|section| section.level == 1 && section.tab.is_none());
        title.map(|section| &section.heading)
    }
}

/// What is being read.
enum Open {
    Item(Item),
    List(Vec<Item>),
    Quote(Vec<Block>),
    Table(Table),
}

#[derive(Default)]
struct Builder {
    outline: Outline,
    open: Vec<Open>,
    /// Starts of lists, items and quotes that are nested too deep to be kept.
    dropped: usize,
    text: Option<Text>,
    /// How many bytes the next text may have, as far as most do.
    text_bytes: usize,
    marks: Vec<(usize, MarkKind)>,
    anchors: HashMap<String, usize>,
    in_code: bool,
    in_head: bool,
    row: Row,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(words) if !self.in_code => self.words(&words, &range),
            Event::Code(words) => {
                let start = self.text().plain.len();
                self.words(&words, &range);
                self.mark(start, MarkKind::Code);
            }
            Event::SoftBreak | Event::HardBreak => self.text().blank(),
            Event::InlineHtml(html) => self.inline_html(&html, range.start),
            Event::Rule => self.end_tabs(range),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if matches!(tag, Tag::Heading { .. } | Tag::Paragraph | Tag::Item | Tag::TableCell) {
            self.text_bytes = range.len().min(USUAL_BYTES);
        }
        match tag {
            Tag::Heading { level, .. } => self.heading(level, range),
            Tag::Paragraph => self.flush(),
            Tag::List(_) => {
                self.flush();
                self.push(Open::List(Vec::new()));
            }
            Tag::Item => self.push(Open::Item(Item { blocks: Vec::new(), range })),
            Tag::BlockQuote(_) => {
                self.flush();
                self.push(Open::Quote(Vec::new()));
            }
            Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_) => {
                self.flush();
                self.in_code = true;
            }
            Tag::Table(_) => {
                self.flush();
                self.open.push(Open::Table(Table::default()));
            }
            Tag::TableHead => self.in_head = true,
            Tag::TableRow => self.row = Row { cells: Vec::new(), range },
            Tag::TableCell => self.text = Some(Text::with_capacity(self.text_bytes)),
            Tag::Strong => self.open_mark(MarkKind::Strong),
            Tag::Emphasis => self.open_mark(MarkKind::Emphasis),
            Tag::Link { dest_url, .. } => self.open_mark(MarkKind::Link(dest_url.into_string())),
            Tag::Image { dest_url, .. } => self.open_mark(MarkKind::Image(dest_url.into_string())),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.finish_heading(),
            TagEnd::Paragraph => self.flush(),
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.flush();
                match self.dropped.checked_sub(1) {
                    Some(dropped) => self.dropped = dropped,
                    None => self.close(),
                }
            }
            TagEnd::CodeBlock => {
                self.in_code = false;
                self.block(Block::Code);
            }
            TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) => self.in_code = false,
            TagEnd::Table => self.close(),
            TagEnd::TableHead => {
                self.in_head = false;
                let cells = std::mem::take(&mut self.row.cells);
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    table.head = cells;
                }
            }
            TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    table.rows.push(row);
                }
            }
            TagEnd::TableCell => {
                let cell = self.text.take().unwrap_or_default();
                self.row.cells.push(cell);
            }
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link | TagEnd::Image => {
                if let Some((start, kind)) = self.marks.pop() {
                    self.mark(start, kind);
                }
            }
            _ => {}
        }
    }

    fn heading(&mut self, level: HeadingLevel, range: Range<usize>) {
        self.flush();
        while !self.open.is_empty() {
            self.close();
        }
        let level = level as u8;
        let sections = &self.outline.sections;
        let above = |at: &usize| sections[*at].parent;
        let mut open = std::iter::successors(sections.len().checked_sub(1), above);
        let parent = open.find(|&at| sections[at].level < level);
        self.outline.sections.push(Section { level, parent, range, ..Section::default() });
        self.text = Some(Text::with_capacity(self.text_bytes));
    }

    fn finish_heading(&mut self) {
        let heading = self.text.take().unwrap_or_default();
        self.marks.clear();
        let tab = heading.marks.iter().find_map(|mark| match &mark.kind {
            MarkKind::Link(target) => target.strip_prefix("#tab/").map(str::to_owned),
            _ => None,
        });
        if tab.is_some() {
            self.nest_tab();
        }
        let base = anchor(&heading.plain);
        let count = self.anchors.entry(base.clone()).or_default();
        let anchor = if *count == 0 { base } else { format!("{base}-{count}") };
        *count += 1;
        if let Some(section) = self.outline.sections.last_mut() {
            *section = Section { tab, anchor, heading, ..std::mem::take(section) };
        }
    }

    /// A rule ends a group of tabs: what follows belongs to the section that they stand in.
    fn end_tabs(&mut self, range: Range<usize>) {
        let Some(tab) = self.outline.sections.last().filter(|section| section.tab.is_some()) else { return };
        if !self.open.is_empty() {
            return;
        }
        let (level, parent) = (tab.level, tab.parent);
        let anchor = parent.map(|at| self.outline.sections[at].anchor.clone()).unwrap_or_default();
        let behind = Section { level, parent, anchor, range, behind_tabs: true, ..Section::default() };
        self.outline.sections.push(behind);
    }

    /// A tab belongs to the section that it stands in, whatever the level of its heading.
    fn nest_tab(&mut self) {
        let Some((tab, before)) = self.outline.sections.split_last_mut() else { return };
        let enclosing = before.iter().rposition(|section| section.tab.is_none() && !section.behind_tabs);
        tab.parent = enclosing;
        tab.level = enclosing.map_or(1, |at| before[at].level.saturating_add(1));
    }

    fn push(&mut self, open: Open) {
        if self.open.len() >= MAX_DEPTH || self.dropped > 0 {
            self.dropped += 1;
        } else {
            self.open.push(open);
        }
    }

    /// Ends the innermost list, item, quote or table.
    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Item(item)) => match self.open.last_mut() {
                Some(Open::List(items)) => items.push(item),
                _ => self.block(Block::List(vec![item])),
            },
            Some(Open::List(items)) => self.block(Block::List(items)),
            Some(Open::Quote(blocks)) => self.block(quote(blocks)),
            Some(Open::Table(table)) => self.block(Block::Table(table)),
            None => {}
        }
    }

    /// Ends the paragraph that is being read, or the words of a tight list item.
    fn flush(&mut self) {
        self.marks.clear();
        if self.row_is_open() {
            return;
        }
        if let Some(text) = self.text.take().filter(|text| !text.is_empty()) {
            self.block(Block::Paragraph(text));
        }
    }

    fn row_is_open(&self) -> bool {
        matches!(self.open.last(), Some(Open::Table(_)))
    }

    fn block(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Open::Item(item)) => item.blocks.push(block),
            Some(Open::Quote(blocks)) => blocks.push(block),
            Some(Open::List(items)) => items.push(Item { blocks: vec![block], range: 0..0 }),
            Some(Open::Table(_)) => {}
            None => {
                if let Some(section) = self.outline.sections.last_mut() {
                    section.blocks.push(block);
                }
            }
        }
    }

    fn text(&mut self) -> &mut Text {
        self.text.get_or_insert_with(|| Text::with_capacity(self.text_bytes))
    }

    fn words(&mut self, words: &CowStr<'_>, range: &Range<usize>) {
        self.text().push(words, range.start);
    }

    fn open_mark(&mut self, kind: MarkKind) {
        let start = self.text().plain.len();
        self.marks.push((start, kind));
    }

    fn mark(&mut self, start: usize, kind: MarkKind) {
        let text = self.text();
        let end = text.plain.len();
        if start < end || matches!(kind, MarkKind::Image(_)) {
            text.marks.push(Mark { range: start.min(end)..end, kind });
        }
    }

    /// `<br>` is a blank, a picture in HTML is a picture; other tags are nothing.
    fn inline_html(&mut self, html: &str, place: usize) {
        let opens = |tag: &str| html.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag));
        if opens("<br") {
            self.text().blank();
        } else if opens("<img") {
            let start = self.text().plain.len();
            let alt = attribute(html, "alt").unwrap_or_default();
            self.text().push(alt, place);
            self.mark(start, MarkKind::Image(attribute(html, "src").unwrap_or_default().to_owned()));
        }
    }
}

/// The value of an attribute of a tag: `alt="…"`.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let is_behind_name = |sign: &usize| {
        let start = sign.checked_sub(name.len());
        start.is_some_and(|start| tag.as_bytes()[start..*sign].eq_ignore_ascii_case(name.as_bytes()))
    };
    let start = memchr_iter(b'=', tag.as_bytes()).find(is_behind_name)? + 1;
    let quote = tag[start..].chars().next().filter(|c| matches!(c, '"' | '\''))?;
    tag[start + 1..].split(quote).next()
}

/// A quote; `[!NOTE]` at its start tells its kind.
fn quote(mut blocks: Vec<Block>) -> Block {
    let Some(Block::Paragraph(first)) = blocks.first_mut() else { return Block::Quote(None, blocks) };
    let kind = first.plain.trim_start().strip_prefix("[!").and_then(|rest| rest.split_once(']'));
    let Some(kind) = kind.map(|(kind, _)| kind.trim().to_ascii_uppercase()) else {
        return Block::Quote(None, blocks);
    };
    first.skip(first.plain.find(']').map_or(0, |at| at + 1));
    if first.is_empty() {
        blocks.remove(0);
    }
    Block::Quote(Some(kind), blocks)
}

/// The anchor of a heading, as documentation sites make it: lower case, blanks as `-`, most punctuation gone.
fn anchor(heading: &str) -> String {
    let mut anchor = String::with_capacity(heading.len());
    for c in heading.trim().chars() {
        match c {
            ' ' => anchor.push('-'),
            '-' | '_' => anchor.push(c),
            c if c.is_ascii_alphanumeric() => anchor.push(c.to_ascii_lowercase()),
            c if c.is_alphanumeric() => anchor.extend(c.to_lowercase()),
            _ => {}
        }
    }
    anchor
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(block: &Block) -> &str {
        match block {
            Block::Paragraph(text) => &text.plain,
            _ => "",
        }
    }

    #[test]
    fn headings_make_a_tree_with_unique_anchors() {
        let outline = Outline::read("intro\n\n# A\n## Cost\n### Deep\n## Cost\n#### Skips a level\ntext");
        let anchors: Vec<_> = outline.sections.iter().map(|section| section.anchor.as_str()).collect();
        assert_eq!(anchors, ["", "a", "cost", "deep", "cost-1", "skips-a-level"]);
        let path: Vec<_> = outline.path(5).iter().map(|section| section.heading.plain.as_str()).collect();
        assert_eq!(path, ["", "A", "Cost", "Skips a level"]);
        assert_eq!(outline.children(1).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(outline.title().unwrap().plain, "A");
    }

    #[test]
    fn labels_are_found_in_all_their_spellings() {
        for (markdown, name, rest, colon) in [
            ("**Downtime:** none", "Downtime", "none", true),
            ("**Downtime**: none", "Downtime", "none", true),
            ("*Zonal:* for zonal", "Zonal", "for zonal", true),
            ("**Use retries.** They help", "Use retries", "They help", false),
            ("**[Linked](x)**: yes", "Linked", "yes", true),
            ("**Premium** tier: yes", "Premium tier", "yes", true),
            ("*Cached data*, which is lost", "Cached data", "which is lost", false),
        ] {
            let outline = Outline::read(markdown);
            let Block::Paragraph(text) = &outline.sections[0].blocks[0] else { panic!("{markdown}") };
            let label = text.label().unwrap_or_else(|| panic!("{markdown}"));
            assert_eq!(
                (label.name, &text.plain[label.rest..], label.colon),
                (name, rest, colon),
                "{markdown}"
            );
        }
        for markdown in ["**Bold** words in a sentence.", "No label: here"] {
            let outline = Outline::read(markdown);
            let Block::Paragraph(text) = &outline.sections[0].blocks[0] else { panic!("{markdown}") };
            assert_eq!(text.label(), None, "{markdown}");
        }
    }

    #[test]
    fn items_keep_their_paragraphs_and_nested_lists() {
        let outline = Outline::read("- a\n\n  b\n  - c\n  - d\n- e\n");
        let Block::List(items) = &outline.sections[0].blocks[0] else { panic!() };
        assert_eq!(items.len(), 2);
        assert_eq!(plain(&items[0].blocks[1]), "b");
        let Block::List(nested) = &items[0].blocks[2] else { panic!() };
        assert_eq!(nested[1].lead().unwrap().plain, "d");
    }

    #[test]
    fn tables_keep_pictures_and_short_rows() {
        let outline = Outline::read("| A | B |\n|---|---|\n| x | ![Yes](yes.svg) |\n| y <br> z\n");
        let Block::Table(table) = &outline.sections[0].blocks[0] else { panic!() };
        assert_eq!(table.head[1].plain, "B");
        assert_eq!(table.rows[0].cells[1].plain, "Yes");
        assert_eq!(table.rows[0].cells[1].marks[0].kind, MarkKind::Image("yes.svg".into()));
        assert_eq!(table.rows[1].cells[0].plain.split_whitespace().collect::<Vec<_>>(), ["y", "z"]);
        assert!(table.rows[1].cells.get(1).is_none_or(Text::is_empty));
    }

    #[test]
    fn alerts_lose_their_marker() {
        let outline = Outline::read("> [!NOTE]\n> Mind this.\n\n> said\n");
        let Block::Quote(kind, blocks) = &outline.sections[0].blocks[0] else { panic!() };
        assert_eq!((kind.as_deref(), plain(&blocks[0])), (Some("NOTE"), "Mind this."));
        assert!(matches!(&outline.sections[0].blocks[1], Block::Quote(None, _)));
    }

    #[test]
    fn places_lead_back_to_the_markdown() {
        let markdown = "x doesnâ€™t lose\n  [data](y) *now*\n";
        let outline = Outline::read(markdown);
        let Block::Paragraph(text) = &outline.sections[0].blocks[0] else { panic!() };
        assert_eq!(text.plain, "x doesn't lose data now");
        for word in ["doesn", "lose", "data", "now"] {
            let here = text.plain.find(word).unwrap();
            assert!(markdown[text.place(here)..].starts_with(word), "{word}");
        }
    }

    #[test]
    fn tabs_stand_in_their_section_whatever_their_level() {
        let outline =
            Outline::read("# T\n## A\n# [One](#tab/one)\nx\n# [Two](#tab/two)\ny\n\n---\n\n### B\nz\n");
        let levels: Vec<_> = outline.sections.iter().map(|s| (s.level, s.parent)).collect();
        assert_eq!(levels[3..], [(3, Some(2)); 4]);
        assert_eq!((outline.sections[5].behind_tabs, outline.sections[5].heading.plain.as_str()), (true, ""));
        assert_eq!(outline.title().unwrap().plain, "T");
    }

    #[test]
    fn endless_nesting_ends() {
        let deep = "> - ".repeat(5_000) + "x";
        assert_eq!(Outline::read(&deep).sections.len(), 1);
    }
}
