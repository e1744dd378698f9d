//! Passages from the cells of a table: what they announce or answer, and what they are limited to.

use super::passages::{Passage, Walk};
use crate::facts::Scenario;
use crate::ontology::{Announced, Kind};
use crate::sections::{Table, Text};

/// Fewest words of a cell that is read as an answer to its row or column.
const SHORTEST_ANSWER: usize = 4;

impl Walk<'_> {
    /// A table of which the rows or the columns are labels of kinds, or alternatives of what it stands under.
    pub(super) fn table(&mut self, table: &Table, like: &Passage, parent: Option<usize>) {
        let tells = self.tells_failures(table);
        for row in &table.rows {
            let Some((lead, cells)) = row.cells.split_first() else { continue };
            let lead = lead.plain.trim();
            let filled = cells.iter().filter(|cell| !cell.plain.trim().is_empty()).count();
            for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.plain.trim().is_empty()) {
                let head = table.head.get(at + 1).map(|head| head.plain.trim()).unwrap_or_default();
                if filled > 1 && self.ontology.sentence.remark_head.is_match(head) {
                    continue;
                }
                let (row_kind, column_kind) = (self.kind(lead), self.kind(head).or_else(|| self.asks(head)));
                let mut passage = Passage { sentences: Vec::new(), label: lead.to_owned(), ..like.clone() };
                let [of_row, of_column] = [lead, head].map(|words| self.failure_in(words, tells));
                passage.failure = passage.failure.or(of_row).or(of_column);
                let narrows = match (row_kind, column_kind) {
                    (Some(kind), _) => {
                        passage.kind = Some(kind.name.clone());
                        Some(head).filter(|head| {
                            let plain = self.ontology.sentence.plain_head.is_match(*head);
                            filled > 1 && of_column.is_none() && !plain
                        })
                    }
                    (None, Some(kind)) => {
                        passage.kind = Some(kind.name.clone());
                        Some(lead).filter(|_| of_row.is_none())
                    }
                    (None, None) if of_row.is_some() || of_column.is_some() => {
                        let of = if of_row.is_some() { "" } else { lead };
                        self.answer(head, of, cell, &Passage { failure: passage.failure, ..like.clone() });
                        continue;
                    }
                    (None, None) if like.kind.is_some() && cells.len() == 1 => Some(lead),
                    (None, None) if self.of_failure && like.kind.is_none() => {
                        // Rows under a head of their own are what the columns ask about, else columns what rows do.
                        let corner = table.head.first().is_some_and(|head| !head.plain.trim().is_empty());
                        let (asked, of) = if corner { (head, lead) } else { (lead, head) };
                        self.answer(asked, of, cell, like);
                        continue;
                    }
                    (None, None) => continue,
                };
                passage.hedged =
                    [lead, head].iter().any(|words| self.ontology.sentence.hedge.is_match(*words));
                passage.labelled = true;
                passage.row = Some(row.range.start).filter(|_| row_kind.is_some() && filled > 1);
                passage.siblings = table.rows.len().max(filled);
                passage.parent = parent.filter(|_| passage.kind == like.kind);
                if let Some(label) = narrows.filter(|label| !label.is_empty()) {
                    let modes = self.ontology.modes_of_label(label);
                    self.limit(&mut passage, label, modes.iter().map(|mode| mode.feature.clone()).collect());
                    passage.mode_label = false;
                }
                self.append(None, cell, 0, &passage);
            }
        }
    }

    /// Whether a table tells what happens in failures: whether a row or column is called after one, or two after a zone
    /// and a region.
    fn tells_failures(&self, table: &Table) -> bool {
        let names = |words: Vec<&Text>| {
            let words: Vec<&str> = words.into_iter().map(|text| text.plain.trim()).collect();
            let bare = |failure| words.iter().any(|words| self.place(words) == Some(failure));
            let named = words.iter().any(|words| self.failure(words).is_some());
            named || bare(Scenario::ZoneFailure) && bare(Scenario::RegionFailure)
        };
        names(table.head.iter().skip(1).collect())
            || names(table.rows.iter().filter_map(|row| row.cells.first()).collect())
    }

    /// The failure that a row or column is about, in a table that tells what happens in failures.
    fn failure_in(&self, words: &str, tells: bool) -> Option<Scenario> {
        self.failure(words).or_else(|| self.place(words)).filter(|_| tells && !self.of_failure)
    }

    /// The failure that the mere name of a place stands for.
    fn place(&self, words: &str) -> Option<Scenario> {
        let sentence = &self.ontology.sentence;
        let words = &self.sentences.get(words).text;
        let names =
            [(&sentence.zone_name, Scenario::ZoneFailure), (&sentence.region_name, Scenario::RegionFailure)];
        names.into_iter().find(|(cues, _)| cues.is_match(words)).map(|(_, failure)| failure)
    }

    /// The kind of what a tier or mode takes to be on, if the head of a column asks for that.
    fn asks(&self, head: &str) -> Option<&Kind> {
        match self.ontology.announced(&self.sentences.get(head).text) {
            Some(Announced::Kind(kind)) if kind.name == "ZoneEnablement" => Some(kind),
            _ => None,
        }
    }

    /// A cell of which neither the row nor the column announces a kind, read as the answer to what is asked: together
    /// they say what a sentence does. `of` names the alternative that it is given for.
    fn answer(&mut self, asked: &str, of: &str, cell: &Text, like: &Passage) {
        if cell.plain.split_whitespace().count() < SHORTEST_ANSWER {
            return;
        }
        let mut passage = Passage { label: asked.to_owned(), siblings: 2, ..like.without_sentences() };
        if !of.is_empty() && !self.ontology.sentence.plain_head.is_match(of) {
            let modes = self.ontology.modes_of_label(of);
            self.limit(&mut passage, of, modes.iter().map(|mode| mode.feature.clone()).collect());
            passage.mode_label = false;
        }
        let at = self.append(None, cell, 0, &passage);
        let Some(first) = self.passages[at].sentences.first() else { return };
        let said = format!("{asked}: {}", first.text.text());
        let (start, end) = (first.start, first.end);
        self.passages[at].sentences[0] = self.sentence(&said, start, end, true);
    }
}
