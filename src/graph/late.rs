//! Services and regions that no catalogue knows. Which IRI and label each of them has is known when all documents are
//! read, and not before: until then their terms stand as keys of their own, which no term of RDF has.

use super::interner::Interner;
use super::kinds::Kind;
use super::names::{Name, Names};
use crate::vocabulary::{FEATURE, REGION, SERVICE, TIER};

/// First byte of a key about a service; no kind of term has it.
const OF_SERVICE: u8 = 0xfd;
/// First byte of a key about a region.
const OF_REGION: u8 = 0xfe;

/// How the key of such a term goes on behind the slug of the name and a zero byte: the namespace.
const NAMESPACES: [&str; 4] = [SERVICE, REGION, TIER, FEATURE];

/// A spelling of a service or region in a document, as numbers of terms: what is named, how, and the document.
pub(super) type Spelling = [u32; 3];

/// Writes the key of a term in a namespace that a service or region is to name, and what follows the name.
pub(super) fn write_key(key: &mut Vec<u8>, namespace: &str, slug: &str, rest: [&str; 2]) {
    let place = NAMESPACES.iter().position(|known| *known == namespace).unwrap_or_default();
    key.clear();
    key.push(if namespace == REGION { OF_REGION } else { OF_SERVICE });
    key.extend_from_slice(slug.as_bytes());
    key.extend_from_slice(&[0, place as u8]);
    rest.iter().for_each(|piece| key.extend_from_slice(piece.as_bytes()));
}

/// Whether a key is of such a term.
pub(super) fn is_late(key: &[u8]) -> bool {
    matches!(key, [OF_SERVICE | OF_REGION, ..])
}

/// The parts of a key: whether it is about a region, the slug of the name, the namespace, the rest.
fn parts(key: &[u8]) -> Option<(bool, &str, &str, &[u8])> {
    let (first, key) = key.split_first()?;
    let end = key.iter().position(|byte| *byte == 0)?;
    let namespace = NAMESPACES.get(usize::from(*key.get(end + 1)?))?;
    Some((*first == OF_REGION, std::str::from_utf8(&key[..end]).ok()?, namespace, &key[end + 2..]))
}

/// Has names learn the spellings, and gives the terms that stand for such keys now, both by number and in the order of
/// the keys; `None` when there are no numbers left.
pub(super) fn settle(
    keys: &mut Interner,
    spellings: &[Spelling],
    names: &mut Names,
) -> Option<Vec<(u32, u32)>> {
    for [node, spelled, _] in spellings {
        let Ok(spelled) = std::str::from_utf8(&keys.key(*spelled)[1..]) else { continue };
        match parts(keys.key(*node)) {
            Some((true, ..)) => names.learn_region(spelled),
            Some((false, ..)) => names.learn_service(spelled),
            None => {}
        }
    }
    let mut term = Vec::new();
    let mut settled = Vec::new();
    for number in 0..keys.len() as u32 {
        let Some((is_region, slug, namespace, rest)) = late_parts(keys.key(number)) else { continue };
        let name = name(is_region, slug, names);
        term.clear();
        term.push(Kind::Iri as u8);
        term.extend_from_slice(namespace.as_bytes());
        term.extend_from_slice(name.map_or(slug, |name| &name.slug).as_bytes());
        term.extend_from_slice(rest);
        settled.push((number, keys.intern(&term)?));
    }
    Some(settled)
}

fn late_parts(key: &[u8]) -> Option<(bool, &str, &str, &[u8])> {
    if is_late(key) { parts(key) } else { None }
}

fn name<'n>(is_region: bool, slug: &str, names: &'n Names) -> Option<&'n Name> {
    if is_region { names.region_of_slug(slug) } else { names.service_of_slug(slug) }
}

/// The label of what a spelling names, and whether the spelling is another one.
pub(super) fn label(keys: &mut Interner, [node, spelled, _]: Spelling, names: &Names) -> Option<(u32, bool)> {
    let (is_region, slug, ..) = parts(keys.key(node))?;
    let Some(name) = name(is_region, slug, names) else { return Some((spelled, false)) };
    if keys.key(spelled).get(1..) == Some(name.label.as_bytes()) {
        return Some((spelled, false));
    }
    let mut label = vec![Kind::String as u8];
    label.extend_from_slice(name.label.as_bytes());
    Some((keys.intern(&label)?, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::Document;
    use crate::facts::{Extraction, extract};
    use crate::graph::GraphBuilder;
    use crate::graph::part::Part;
    use crate::graph::statements::{self, StatementOptions};
    use crate::ontology::Ontology;

    /// Documents that spell services and regions in many ways; the catalogue knows one of them.
    fn extractions() -> Vec<Extraction> {
        let ontology = Ontology::load(&[]).unwrap();
        let article = |service: &str| {
            format!(
                "# Reliability in {service}\n\n## Availability zone support\n\n{service} is zone-redundant in the Gold tier \
                and depends on Azure Nimbus Store.\n\n## Zone-down experience\n\n- **Expected downtime**: Bananas.\n\n\
                ## Region pairs\n\n| Region | Paired region |\n|---|---|\n| Lonerock | {service} Bay |\n| lone rock | Far Isle |\n"
            )
        };
        let services =
            ["Nimbus Store", "Azure Nimbus store", "Nimbus-Store", "Azure Service Bus", "Service Bus", "…"];
        let read = |(at, service): (usize, &&str)| {
            let mut read = extract(&Document::from_text(&format!("{at}.md"), &article(service)), &ontology);
            read.claims.push(crate::facts::Claim {
                subject: crate::facts::Entity::Region(["Lonerock", "Lone Rock"][at % 2].to_owned()),
                property: "note".to_owned(),
                object: crate::facts::Entity::Service((*service).to_owned()),
                source: crate::facts::Source {
                    file: String::new(),
                    line: 1,
                    byte_span: (0, 0),
                    document_line: 1,
                    anchor: String::new(),
                },
                quote: String::new(),
            });
            read
        };
        services.iter().enumerate().map(read).collect()
    }

    #[test]
    fn names_learnt_from_all_documents_give_the_graph_of_names_known_before() {
        let extractions = extractions();
        let options = StatementOptions::default();
        let mut known = Names::builtin().unwrap();
        extractions.iter().for_each(|extraction| known.learn(extraction));
        let mut before = GraphBuilder::new();
        extractions
            .iter()
            .for_each(|extraction| before.extend(statements::quads(extraction, &options, &known)));
        let before = before.to_bytes().unwrap();
        for order in [[0, 1, 2, 3, 4, 5], [5, 3, 1, 4, 2, 0]] {
            let mut names = Names::builtin().unwrap();
            let mut builder = GraphBuilder::new();
            let mut part = Part::default();
            for at in order {
                statements::write(&extractions[at], &options, &names, &mut part);
                if at % 2 == 0 {
                    builder.add(&mut part);
                    part.clear();
                }
            }
            builder.add(&mut part);
            builder.settle(&mut names);
            assert!(builder.to_bytes().unwrap() == before);
            assert_eq!(names.service("store").slug, known.service("store").slug);
        }
    }
}
