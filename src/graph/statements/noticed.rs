//! What was noticed in a document beside what it states: passages that were not understood, gaps, conflicts, missing
//! includes.

use super::terms::{hash, scenario_name};
use super::writer::{Place, Writer};
use crate::facts::{Gap, Unparsed};
use crate::vocabulary::FACT;

impl<'a> Writer<'a> {
    pub(super) fn unparsed(&mut self, unparsed: &'a Unparsed) {
        let scenario = unparsed.scenario.map_or("", scenario_name);
        let place = format!("{}:{:?}", unparsed.source.line, unparsed.source.byte_span);
        let hash = hash([
            "unparsed",
            &self.extraction.document,
            &unparsed.service,
            &unparsed.kind,
            scenario,
            &unparsed.source.file,
            &place,
        ]);
        let node = self.part.iri(FACT, &hash);
        if !self.described.insert(node) {
            return;
        }
        self.class(node, "Unparsed");
        if !unparsed.service.is_empty() {
            let service = self.service(&unparsed.service);
            self.rel(node, "service", service.node);
            self.own_slug(node, &unparsed.service);
        }
        if !unparsed.kind.is_empty() {
            self.rel_name(node, "kind", &unparsed.kind);
        }
        if !scenario.is_empty() {
            self.rel_name(node, "scenario", scenario);
        }
        self.text(node, "reason", &unparsed.reason);
        self.place(node, (&unparsed.source).into(), &unparsed.quote);
    }

    pub(super) fn missing_include(&mut self, path: &str, line: u32) {
        let line_text = line.to_string();
        if let Some(node) = self.noticed("MissingInclude", "missing-include", &[path, &line_text]) {
            self.text(node, "includePath", path);
            self.place(node, self.at_line(line), "");
        }
    }

    pub(super) fn identity_conflict(&mut self, conflict: &str) {
        if let Some(node) = self.noticed("IdentityConflict", "identity-conflict", &[conflict]) {
            self.text(node, "reason", conflict);
            self.place(node, self.at_line(1), "");
        }
    }

    pub(super) fn gap(&mut self, gap: &'a Gap) {
        match gap {
            Gap::Section(role) => {
                if let Some(node) = self.noticed("MissingSection", "missing-section", &[role]) {
                    self.rel_name(node, "sectionRole", role);
                    self.place(node, self.at_line(1), "");
                }
            }
            Gap::Label { kind, scenario, source } => {
                let words = [kind.as_str(), &source.anchor];
                if let Some(node) = self.noticed("MissingLabel", "missing-label", &words) {
                    self.rel_name(node, "kind", kind);
                    if let Some(scenario) = scenario {
                        self.rel_name(node, "scenario", scenario_name(*scenario));
                    }
                    self.place(node, source.into(), "");
                }
            }
        }
    }

    /// The node of something that was noticed in the document, if it isn't written yet.
    fn noticed(&mut self, class: &'a str, what: &str, words: &[&str]) -> Option<u32> {
        let document = self.extraction.document.as_str();
        let node = self.part.iri(FACT, &hash([what, document].into_iter().chain(words.iter().copied())));
        if !self.described.insert(node) {
            return None;
        }
        self.class(node, class);
        Some(node)
    }

    /// A line of the document, in no section.
    fn at_line(&self, line: u32) -> Place<'a> {
        Place { file: &self.extraction.document, line, document_line: line, anchor: "" }
    }
}
