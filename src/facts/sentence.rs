//! Sentences as they are read: once for each document, however often it says them and whoever asks.

use super::identity::Identity;
use super::tiers::{self, TierMention};
use crate::ontology::names::{Found, Own, marked, names_others, with_own};
use crate::ontology::{Cued, Ontology};
use crate::vocabulary::slug;
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::borrow::Borrow;
use std::cell::{OnceCell, RefCell};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// How many bytes may stand in front of a name that a sentence opens with: an article or a tier.
const BEFORE_SUBJECT: usize = 10;

/// Most documents have no more sentences than these.
const USUAL_SENTENCES: usize = 400;

/// A sentence.
#[derive(Debug)]
pub(super) struct Sentence {
    /// Its words.
    pub text: Cued,
    /// The names in it.
    pub names: Vec<Found>,
    /// Its words with `the service` for the names of the service, if it has any.
    said: Option<Cued>,
    tiers: OnceCell<Vec<TierMention>>,
    states_nothing: OnceCell<bool>,
    denies: OnceCell<bool>,
}

impl Sentence {
    /// Its words with `the service` for each name of the service.
    pub fn said(&self) -> &Cued {
        self.said.as_ref().unwrap_or(&self.text)
    }

    /// Whether it opens with another service and doesn't name the document's own.
    pub fn opens_with_other(&self) -> bool {
        self.first_other(|before| before.len() <= BEFORE_SUBJECT)
    }

    /// Whether another service is its subject, also behind a clause, and it doesn't name the document's own.
    pub fn is_about_other(&self) -> bool {
        self.first_other(|before| before.len() <= BEFORE_SUBJECT || before.trim_end().ends_with(','))
    }

    /// Whether it doesn't name the document's own service, and what stands in front of the first other one fits.
    fn first_other(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.said.is_none()
            && names_others(&self.names)
            && marked(self.text.text(), &self.names)
                .0
                .split_once("~O")
                .is_some_and(|(before, _)| fits(before))
    }
}

/// The sentences of a document about one service.
pub(super) struct Sentences<'a> {
    ontology: &'a Ontology,
    service: &'a str,
    own: Own,
    /// Another service that the document is about too.
    other: Option<&'a str>,
    known: RefCell<FxHashSet<Known>>,
}

/// A sentence that is found by its words.
struct Known(Rc<Sentence>);

impl Borrow<str> for Known {
    fn borrow(&self) -> &str {
        &self.0.text
    }
}

impl Hash for Known {
    fn hash<H: Hasher>(&self, state: &mut H) {
        str::hash(self.borrow(), state);
    }
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Known {}

impl<'a> Sentences<'a> {
    /// No sentences yet, of what a document says of a service.
    pub fn new(ontology: &'a Ontology, service: &'a str) -> Self {
        let own = ontology.claims.names.own(service);
        let known = RefCell::new(FxHashSet::with_capacity_and_hasher(USUAL_SENTENCES, FxBuildHasher));
        Self { ontology, service, own, other: None, known }
    }

    /// No sentences yet, of a document.
    pub fn of_document(ontology: &'a Ontology, identity: &'a Identity) -> Self {
        let own = ontology.claims.names.own_with(&identity.service, identity.acronym.as_deref());
        Self { own, other: identity.other.as_deref(), ..Self::new(ontology, &identity.service) }
    }

    /// The service that they are about.
    pub fn service(&self) -> &'a str {
        self.service
    }

    /// A sentence by its words.
    pub fn get(&self, text: &str) -> Rc<Sentence> {
        if let Some(sentence) = self.known.borrow().get(text) {
            return sentence.0.clone();
        }
        let names = self.ontology.claims.names.find(text, &self.own);
        let said = with_own(text, &names).map(|said| self.ontology.look(said));
        self.add(self.ontology.look(text), names, said)
    }

    /// A sentence behind the one that introduces it, as one.
    pub fn introduced(&self, intro: &Sentence, sentence: &Sentence) -> Rc<Sentence> {
        let text = intro.text.followed_by(&sentence.text);
        if let Some(sentence) = self.known.borrow().get(text.text()) {
            return sentence.0.clone();
        }
        let names = self.ontology.claims.names.find(&text, &self.own);
        let said = with_own(&text, &names).map(|said| {
            // A name may begin in the one and end in the other.
            let both = intro.said().followed_by(sentence.said());
            if *both == *said { both } else { self.ontology.look(said) }
        });
        self.add(text, names, said)
    }

    fn add(&self, text: Cued, names: Vec<Found>, said: Option<Cued>) -> Rc<Sentence> {
        let (tiers, states_nothing, denies) = Default::default();
        let sentence = Rc::new(Sentence { text, names, said, tiers, states_nothing, denies });
        self.known.borrow_mut().insert(Known(sentence.clone()));
        sentence
    }

    /// Whether a sentence names services that the document isn't about, and not its own. A service by a part of its name
    /// is no other.
    pub fn is_of_others(&self, sentence: &Sentence) -> bool {
        let is_kin = |name: &str| {
            let own = slug(self.service);
            self.other == Some(name)
                || slug(name).split('-').all(|word| own.split('-').any(|mine| mine == word))
        };
        let mut others = sentence.names.iter().filter_map(Found::service);
        sentence.said.is_none() && others.any(|name| !is_kin(name))
    }

    /// Whether a sentence states nothing, as references, introductions and questions do.
    pub fn states_nothing(&self, sentence: &Sentence) -> bool {
        let passed_over = &self.ontology.sentence.passed_over;
        let asks = || sentence.text.trim_end().ends_with('?');
        *sentence.states_nothing.get_or_init(|| asks() || passed_over.is_match(&sentence.text))
    }

    /// Whether a sentence denies what it speaks of.
    pub fn denies(&self, sentence: &Sentence) -> bool {
        *sentence.denies.get_or_init(|| self.ontology.sentence.denial.is_match(&sentence.text))
    }

    /// The tiers that a sentence names.
    pub fn tiers<'s>(&self, sentence: &'s Sentence) -> &'s [TierMention] {
        sentence.tiers.get_or_init(|| tiers::mentions(&sentence.text, self.service, self.ontology))
    }
}
