//! Which service a document, or a part of it, is about.

use crate::documents::Document;
use crate::ontology::{Cued, Ontology};
use crate::sections::Outline;
use crate::vocabulary::slug;

/// What a document says that it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// The service of the first heading; empty for a document about many services or none.
    pub service: String,
    /// The acronym in brackets behind its name in the first heading.
    pub acronym: Option<String>,
    /// The service of the title in the front matter, where it is another one.
    pub other: Option<String>,
    /// What disagrees with the first heading, in words.
    pub conflicts: Vec<String>,
}

/// Reads the identity of a document: the first heading decides, else the title. A title or an `ms.service` that
/// names another service is a conflict, and so is an article with the sections of a template that names none.
pub(super) fn identity(
    document: &Document,
    outline: &Outline,
    headings: &[Cued],
    ontology: &Ontology,
) -> Identity {
    let heading = outline.title().map(|title| title.plain.as_str()).unwrap_or_default();
    let title = document.front_matter.get("title").unwrap_or_default();
    let of_title = service_name(title, ontology);
    let service = match service_name(heading, ontology) {
        Some(service) => service,
        None if heading.is_empty() => of_title.clone().unwrap_or_default(),
        None => {
            let template = ontology.template(headings);
            let is_article = template.is_some_and(|era| !ontology.expected_sections(era).is_empty());
            let conflicts = is_article.then(|| NO_SERVICE.to_owned()).into_iter().collect();
            return Identity { conflicts, ..Identity::default() };
        }
    };
    let other = of_title.filter(|other| !same_service(&service, other));
    let mut conflicts = Vec::new();
    if let Some(other) = &other {
        conflicts.push(format!("the heading names {service}, the title {other}; the heading decides"));
    }
    if let Some(key) = document.front_matter.get("ms.service")
        && !service.is_empty()
        && !ontology.is_no_service(key)
        && !shares_a_word(&service, key, ontology)
    {
        conflicts.push(format!("the heading names {service}, ms.service {key}; the heading decides"));
    }
    Identity { service, acronym: acronym(heading), other, conflicts }
}

/// What is told of such an article.
const NO_SERVICE: &str =
    "the heading names no service, so that the sections state nothing; write `# Reliability in NAME`";

/// The acronym in brackets at the end of a heading: capitals, with digits or small letters among them.
fn acronym(heading: &str) -> Option<String> {
    let (_, behind) = heading.rsplit_once('(')?;
    let acronym = behind.trim_end_matches(['?', ' ']).strip_suffix(')')?;
    let capitals = acronym.bytes().filter(u8::is_ascii_uppercase).count();
    (capitals > 1 && acronym.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| acronym.to_owned())
}

/// Whether two names share a word that tells services apart.
fn shares_a_word(service: &str, key: &str, ontology: &Ontology) -> bool {
    let (service, key) = (slug(service), slug(key));
    let tells = |word: &&str| word.len() > 2 && *word != "service" && !ontology.is_no_service(word);
    service.split('-').filter(tells).any(|word| key.contains(word))
}

/// Whether the two names differ only by a maker's prefix or by spelling.
fn same_service(a: &str, b: &str) -> bool {
    let (a, b) = (slug(a), slug(b));
    a.ends_with(&b) || b.ends_with(&a)
}

/// The name of the service in a title: what stands behind the stock words, without an acronym in brackets.
pub(super) fn service_name(title: &str, ontology: &Ontology) -> Option<String> {
    let rest = ontology.after_stock_words(title)?;
    let rest = rest.trim().trim_end_matches('?').trim_end();
    let name = match rest.split_once('(') {
        Some((name, behind)) if behind.trim_end().ends_with(')') => name.trim_end(),
        _ => rest,
    };
    (!name.is_empty() && !ontology.is_no_service(name)).then(|| name.to_owned())
}

/// Names by which a text may call a service: the whole name, and the name without its first word.
fn short_names(service: &str) -> impl Iterator<Item = &str> {
    let without_maker = service.split_once(' ').map(|(_, rest)| rest).filter(|rest| rest.len() > 3);
    [Some(service), without_maker].into_iter().flatten()
}

/// How often a text names a service.
pub(super) fn mentions(text: &str, service: &str) -> usize {
    short_names(service).map(|name| text.matches(name).count()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(title: &str) -> Option<String> {
        service_name(title, &Ontology::load(&[]).unwrap())
    }

    #[test]
    fn titles_and_keys_that_name_another_service_are_conflicts() {
        let ontology = Ontology::load(&[]).unwrap();
        let read = |title: &str, key: &str| {
            let text =
                format!("---\ntitle: {title}\nms.service: {key}\n---\n# Reliability in Nimbus Queue\n");
            let document = Document::from_text("a.md", &text);
            identity(&document, &Outline::read(&document.text), &[], &ontology)
        };
        assert!(read("Reliability in Queue", "nimbus-queue-service").conflicts.is_empty());
        let other = read("Reliability in Drift Machines", "drift-machines");
        assert_eq!(other.service, "Nimbus Queue");
        assert_eq!(other.other.as_deref(), Some("Drift Machines"));
        assert_eq!(other.conflicts.len(), 2);
    }

    #[test]
    fn stock_words_and_acronyms_are_no_part_of_a_name() {
        for (title, service) in [
            ("Reliability in Nimbus Queue", "Nimbus Queue"),
            ("What is reliability in Drift Machines?", "Drift Machines"),
            ("High availability for Tether ", "Tether"),
            ("Resiliency in Nimbus Container Harbor (NCH)", "Nimbus Container Harbor"),
        ] {
            assert_eq!(name(title).as_deref(), Some(service), "{title}");
        }
        for title in ["What are availability zones?", "Reliability in Azure", "", "Queue"] {
            assert_eq!(name(title), None, "{title}");
        }
    }

    #[test]
    fn articles_that_name_no_service_are_told() {
        let ontology = Ontology::load(&[]).unwrap();
        let told = |heading: &str, section: &str| {
            let text = format!("# {heading}\n\n## {section}\n\nText.\n");
            crate::facts::extract(&Document::from_text("a.md", &text), &ontology).identity_conflicts
        };
        assert_eq!(told("Fjord Ledger", "Resilience to availability zone failures"), [NO_SERVICE]);
        assert!(told("Reliability in Fjord Ledger", "Resilience to availability zone failures").is_empty());
        assert!(told("What is disaster recovery?", "Fault tolerance").is_empty());
    }
}
